/**
 * Lives of consumers.
 * @module
 */
import type { Page as ListPage, WorkerState, WorkerStatus } from "../../operate/listing.ts";
import { Badge } from "../components/badge.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Empty } from "../components/empty.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Pager } from "../components/pager.tsx";
import { None, Time } from "../components/time.tsx";
import { pageOf } from "../filters.ts";
import { capped, shortId } from "../format.ts";
import { titled } from "../outcomes.ts";
import type { Page, PageContext, Query } from "../page-context.ts";
import { show } from "../respond.ts";

const STATES: readonly WorkerState[] = ["alive", "stale", "left"];
/** Where counting a worker's jobs stops. */
const MOST_RUNNING = 1_000;

const COLUMNS = [
  { label: "Worker" },
  { label: "State" },
  { label: "Runtime" },
  { label: "Host", optional: true },
  { label: "Queues" },
  { label: "Running", numeric: true },
  { label: "Heard of", numeric: true },
  { label: "Started", numeric: true },
  { label: "Ends", numeric: true },
];

export const workersPage: Page = async (c, context) => {
  const query = c.req.query();
  const state = STATES.find((one) => one === query.state);
  const page = await context.operator.workers({ ...(state ? { state } : {}), ...pageOf(query) });
  return show(c, <WorkersPage context={context} query={query} state={state} page={page} />);
};

interface WorkersProps {
  readonly context: PageContext;
  readonly query: Query;
  readonly state: WorkerState | undefined;
  readonly page: ListPage<WorkerStatus>;
}

function WorkersPage({ context, query, state, page }: WorkersProps) {
  return (
    <Layout frame={context} title="Workers" current="Workers">
      <PageHead title="Workers">
        <nav class="choice" aria-label="State">
          {[undefined, ...STATES].map((one) => (
            <a href={context.link("/workers", { state: one })} {...(one === state ? { "aria-current": "true" } : {})}>
              {one === undefined ? "All" : titled(one)}
            </a>
          ))}
        </nav>
      </PageHead>
      <p class="muted">A worker is one life of a consumer: an invocation, or a container process.</p>
      <DataTable
        id="workers"
        caption="Workers, the latest first"
        columns={COLUMNS}
        rows={page.items.map((worker) => cells(context, worker))}
        empty={
          <Empty title={state === undefined ? "No worker has been here." : `No worker is ${state}.`} command="npx mayfly worker">
            Deploy a consumer with a cron trigger of one minute, or start one here:
          </Empty>
        }
      />
      <Pager context={context} path="/workers" query={query} page={page} />
    </Layout>
  );
}

function cells({ link, now }: PageContext, worker: WorkerStatus) {
  return [
    <a class="id" href={link("/results", { worker: worker.id })}>
      {shortId(worker.id)}
    </a>,
    <Badge state={worker.state} />,
    worker.runtime ?? <None text="unknown" />,
    worker.host,
    worker.queues.join(", ") || <None />,
    <a href={link("/running", { worker: worker.id })}>{capped(worker.running, MOST_RUNNING)}</a>,
    <Time at={worker.heartbeatAt} now={now} />,
    <Time at={worker.startedAt} now={now} />,
    worker.leftAt ? (
      <>
        left <Time at={worker.leftAt} now={now} />
      </>
    ) : (
      <Time at={worker.deadlineAt} now={now} />
    ),
  ];
}
