/**
 * Jobs that run.
 * @module
 */
import type { JobSummary, Page as ListPage, Overview } from "../../operate/listing.ts";
import { Badge } from "../components/badge.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Empty } from "../components/empty.tsx";
import { FilterBar } from "../components/filter-bar.tsx";
import { JobLink } from "../components/job-link.tsx";
import { KeyLink } from "../components/key-link.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Pager } from "../components/pager.tsx";
import { Tile } from "../components/tile.tsx";
import { None, Time } from "../components/time.tsx";
import { listQuery, pageOf, readFilter } from "../filters.ts";
import { capped, duration, instant, number, shortId } from "../format.ts";
import type { Page, PageContext, Query } from "../page-context.ts";
import { show } from "../respond.ts";

const COLUMNS = [
  { label: "Job" },
  { label: "State" },
  { label: "Queue" },
  { label: "Key", optional: true },
  { label: "Worker" },
  { label: "Priority", numeric: true },
  { label: "Attempt", numeric: true },
  { label: "Runs for", numeric: true },
  { label: "Created", numeric: true },
];

export const runningPage: Page = async (c, context) => {
  const query = c.req.query();
  const [page, overview] = await Promise.all([
    context.operator.jobs({ ...listQuery(readFilter(query)), state: "running", ...pageOf(query) }),
    context.operator.overview(),
  ]);
  return show(c, <RunningPage context={context} query={query} page={page} overview={overview} />);
};

interface RunningProps {
  readonly context: PageContext;
  readonly query: Query;
  readonly page: ListPage<JobSummary>;
  readonly overview: Overview;
}

function RunningPage({ context, query, page, overview }: RunningProps) {
  return (
    <Layout frame={context} title="Jobs running" current="Running">
      <PageHead title="Jobs running" />
      <Tiles context={context} overview={overview} />
      <FilterBar context={context} path="/running" filter={readFilter(query)} />
      <DataTable
        id="running"
        caption="Jobs that run"
        columns={COLUMNS}
        rows={page.items.map((job) => cells(context, job))}
        empty={
          <Empty title={page.cursor ? "None among those read so far." : "No job runs."} command="npx mayfly worker">
            A consumer runs what is ready; start one here:
          </Empty>
        }
      />
      <Pager context={context} path="/running" query={query} page={page} />
    </Layout>
  );
}

function Tiles({ context: { link }, overview: { queues, workers } }: { readonly context: PageContext; readonly overview: Overview }) {
  const sum = (of: "ready" | "scheduled" | "running") => queues.reduce((all, queue) => all + queue[of], 0);
  return (
    <dl class="tiles" id="tiles" data-live>
      <Tile label="Waiting" value={capped(sum("ready") + sum("scheduled"))} href={link("/waiting")}>
        ready or scheduled
      </Tile>
      <Tile label="Running" value={capped(sum("running"))} href={link("/running")}>
        jobs
      </Tile>
      <Tile label="Active workers" value={number(workers.alive)} href={link("/workers", { state: "alive" })} />
      <Tile label="Stale workers" value={number(workers.stale)} href={link("/workers", { state: "stale" })} bad={workers.stale > 0} />
    </dl>
  );
}

function cells({ link, now }: PageContext, job: JobSummary) {
  const { startedAt, workerId } = job;
  return [
    <JobLink id={job.id} name={job.name} link={link} />,
    job.cancelRequestedAt ? <Badge state="cancelled" text="Stopping" /> : <Badge state="running" />,
    <a href={link("/running", { queue: job.queue })}>{job.queue}</a>,
    job.concurrencyKey && <KeyLink concurrencyKey={job.concurrencyKey} href={link("/running", { key: job.concurrencyKey })} />,
    workerId === undefined ? (
      <None />
    ) : (
      <a class="id" href={link("/running", { worker: workerId })}>
        {shortId(workerId)}
      </a>
    ),
    job.priority,
    `${job.attempt} of ${job.retries + 1}`,
    startedAt === undefined ? (
      <None />
    ) : (
      <time datetime={startedAt} title={instant(startedAt)}>
        {duration(now - Date.parse(startedAt))}
      </time>
    ),
    <Time at={job.createdAt} now={now} />,
  ];
}
