/**
 * The queue at a glance.
 * @module
 */
import type { Overview, OverviewRange } from "../../operate/listing.ts";
import type { ScheduleStatus } from "../../operate/operator-client.ts";
import { DayUsage } from "../components/day-cost.tsx";
import { Layout } from "../components/layout.tsx";
import { Legend } from "../components/legend.tsx";
import { NextSchedules } from "../components/next-schedules.tsx";
import { PercentileBars } from "../components/percentiles.tsx";
import { QueueDepths } from "../components/queue-depths.tsx";
import { ThroughputChart, ThroughputNumbers } from "../components/throughput-chart.tsx";
import { Tile } from "../components/tile.tsx";
import { concerns } from "../concerns.ts";
import { readFilter } from "../filters.ts";
import { capped, duration, number, percent } from "../format.ts";
import { OUTCOMES } from "../outcomes.ts";
import { show } from "../respond.ts";
import type { Page, Site } from "../site.ts";

const RANGES: readonly OverviewRange[] = ["hour", "day", "week"];

export const overviewPage: Page = async (c, site) => {
  const range = RANGES.find((one) => one === c.req.query("range")) ?? "hour";
  const { queue } = readFilter({ queue: c.req.query("queue") });
  const [overview, schedules] = await Promise.all([
    site.operator.overview({ range, ...(queue === undefined ? {} : { queue }) }),
    site.operator.schedules(),
  ]);
  return show(c, <OverviewPage site={site} range={range} queue={queue} overview={overview} schedules={schedules} />);
};

interface OverviewProps {
  readonly site: Site;
  readonly range: OverviewRange;
  readonly queue: string | undefined;
  readonly overview: Overview;
  readonly schedules: readonly ScheduleStatus[];
}

function OverviewPage({ site, range, queue, overview, schedules }: OverviewProps) {
  const since = overview.throughput[0]?.at;
  return (
    <Layout frame={site} title="Overview" current="Overview">
      <div class="head">
        <h1>Overview</h1>
        <Ranges site={site} range={range} queue={queue} />
      </div>
      <Health site={site} overview={overview} />
      <Tiles site={site} overview={overview} />
      <section class="panel" id="throughput" data-live aria-labelledby="throughput-title">
        <div class="head">
          <h2 id="throughput-title">Throughput{queue !== undefined && ` of ${queue}`}</h2>
          <Legend site={site} points={overview.throughput} query={{ queue, since }} />
        </div>
        <ThroughputChart overview={overview} />
        <ThroughputNumbers overview={overview} />
      </section>
      <div class="columns">
        <div class="stack">
          <QueueDepths site={site} queues={overview.queues} more={overview.moreQueues} />
          <NextSchedules site={site} schedules={schedules} />
        </div>
        <div class="stack">
          <section class="panel" id="percentiles" data-live aria-labelledby="percentiles-title">
            <h2 id="percentiles-title">Times</h2>
            <PercentileBars label="Wait" what="From due to started" values={overview.wait} />
            <PercentileBars label="Run" what="From started to finished" values={overview.run} />
          </section>
          <DayUsage cost={overview.cost} />
        </div>
      </div>
    </Layout>
  );
}

function Ranges({ site: { link }, range, queue }: Pick<OverviewProps, "site" | "range" | "queue">) {
  return (
    <nav class="choice" aria-label="Time range">
      {RANGES.map((one) => (
        <a href={link("/", { range: one, queue })} {...(one === range ? { "aria-current": "true" } : {})}>
          {`Last ${one}`}
        </a>
      ))}
      {queue !== undefined && <a href={link("/", { range })}>All queues</a>}
    </nav>
  );
}

function Health({ site: { link }, overview }: { readonly site: Site; readonly overview: Overview }) {
  const wrong = concerns(overview);
  return (
    <p class={`health ${wrong.length > 0 ? "bad" : "good"}`} id="health" data-live>
      {wrong.length === 0
        ? `All is well: a consumer was seen ${duration(overview.lastSeenMs ?? 0)} ago.`
        : wrong.map(({ text, path, query }) => (
            <span>
              <a href={link(path, query)}>{text}</a>.{" "}
            </span>
          ))}
    </p>
  );
}

function Tiles({ site: { link }, overview }: { readonly site: Site; readonly overview: Overview }) {
  const { queues, workers, throughput } = overview;
  const sum = (outcomes: readonly (typeof OUTCOMES)[number][]) =>
    throughput.reduce((all, point) => outcomes.reduce((part, outcome) => part + point[outcome], all), 0);
  const [good, judged, all] = [sum(["successful"]), sum(["successful", "errored", "lost"]), sum(OUTCOMES)];
  const waiting = queues.reduce((jobs, { ready }) => jobs + ready, 0);
  const running = queues.reduce((jobs, queue) => jobs + queue.running, 0);
  return (
    <dl class="tiles" id="tiles" data-live>
      <Tile label="Success rate" value={judged === 0 ? "–" : percent(good, judged)}>
        {judged === 0 ? "nothing has ended" : `${number(judged - good)} of ${number(judged)} failed`}
      </Tile>
      <Tile label="Finished" value={number(all)} href={link("/results")}>
        attempts
      </Tile>
      <Tile label="Ready" value={capped(waiting)} href={link("/requests", { state: "ready" })}>
        jobs to be claimed
      </Tile>
      <Tile label="Running" value={capped(running)} href={link("/processes")}>
        jobs
      </Tile>
      <Tile label="Workers" value={number(workers.alive)} href={link("/workers")} bad={workers.stale > 0}>
        {workers.stale === 0 ? "alive" : `alive, ${number(workers.stale)} stale`}
      </Tile>
    </dl>
  );
}
