/**
 * The queue at a glance.
 * @module
 */
import type { Overview, OverviewRange } from "../../operate/listing.ts";
import type { ScheduleStatus } from "../../operate/operator-client.ts";
import type { LedgerStatus } from "../../wake/status.ts";
import { DayUsage } from "../components/day-usage.tsx";
import { Layout } from "../components/layout.tsx";
import { LedgerLine } from "../components/ledger-line.tsx";
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
import type { Page, PageContext } from "../page-context.ts";
import { show } from "../respond.ts";

const RANGES: readonly OverviewRange[] = ["hour", "day", "week"];

export const overviewPage: Page = async (c, context) => {
  const range = RANGES.find((one) => one === c.req.query("range")) ?? "hour";
  const { queue } = readFilter({ queue: c.req.query("queue") });
  const [overview, schedules, ledger] = await Promise.all([
    context.operator.overview({ range, ...(queue === undefined ? {} : { queue }) }),
    context.operator.schedules(),
    // A ledger that is away must not take the page with it.
    context.ledger().catch(() => undefined),
  ]);
  return show(c, <OverviewPage context={context} range={range} queue={queue} overview={overview} schedules={schedules} ledger={ledger} />);
};

interface OverviewProps {
  readonly context: PageContext;
  readonly range: OverviewRange;
  readonly queue: string | undefined;
  readonly overview: Overview;
  readonly schedules: readonly ScheduleStatus[];
  readonly ledger: LedgerStatus | undefined;
}

function OverviewPage({ context, range, queue, overview, schedules, ledger }: OverviewProps) {
  const since = overview.throughput[0]?.at;
  return (
    <Layout frame={context} title="Overview" current="Overview">
      <div class="head">
        <h1>Overview</h1>
        <Ranges context={context} range={range} queue={queue} />
      </div>
      <Health context={context} overview={overview} />
      {ledger && <LedgerLine ledger={ledger} />}
      <Tiles context={context} overview={overview} />
      <section class="panel" id="throughput" data-live aria-labelledby="throughput-title">
        <div class="head">
          <h2 id="throughput-title">Throughput{queue !== undefined && ` of ${queue}`}</h2>
          <Legend context={context} points={overview.throughput} query={{ queue, since }} />
        </div>
        <ThroughputChart overview={overview} />
        <ThroughputNumbers overview={overview} />
      </section>
      <div class="columns">
        <div class="stack">
          <QueueDepths context={context} queues={overview.queues} more={overview.moreQueues} />
          <NextSchedules context={context} schedules={schedules} />
        </div>
        <div class="stack">
          <section class="panel" id="percentiles" data-live aria-labelledby="percentiles-title">
            <h2 id="percentiles-title">Times</h2>
            <PercentileBars label="Wait" what="From due to started" values={overview.wait} />
            <PercentileBars label="Run" what="From started to finished" values={overview.run} />
          </section>
          <DayUsage usage={overview.usage} />
        </div>
      </div>
    </Layout>
  );
}

function Ranges({ context: { link }, range, queue }: Pick<OverviewProps, "context" | "range" | "queue">) {
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

function Health({ context: { link }, overview }: { readonly context: PageContext; readonly overview: Overview }) {
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

function Tiles({ context: { link }, overview }: { readonly context: PageContext; readonly overview: Overview }) {
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
      <Tile label="Ready" value={capped(waiting)} href={link("/waiting", { state: "ready" })}>
        jobs to be claimed
      </Tile>
      <Tile label="Running" value={capped(running)} href={link("/running")}>
        jobs
      </Tile>
      <Tile label="Workers" value={number(workers.alive)} href={link("/workers")} bad={workers.stale > 0}>
        {workers.stale === 0 ? "alive" : `alive, ${number(workers.stale)} stale`}
      </Tile>
    </dl>
  );
}
