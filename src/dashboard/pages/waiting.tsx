/**
 * Jobs that wait.
 * @module
 */
import type { JobSummary, Page as ListPage, LiveState } from "../../operate/listing.ts";
import { Badge } from "../components/badge.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Empty, enqueueCommand } from "../components/empty.tsx";
import { FilterBar } from "../components/filter-bar.tsx";
import { JobLink } from "../components/job-link.tsx";
import { KeyLink } from "../components/key-link.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Pager } from "../components/pager.tsx";
import { Hidden } from "../components/post.tsx";
import { Time } from "../components/time.tsx";
import { listQuery, pageOf, readFilter, WAITING } from "../filters.ts";
import { standing, titled } from "../outcomes.ts";
import { localLink, type Page, type PageContext, type Query } from "../page-context.ts";
import { show } from "../respond.ts";

const COLUMNS = [
  { label: "Job" },
  { label: "State" },
  { label: "Queue" },
  { label: "Key", optional: true },
  { label: "Priority", numeric: true },
  { label: "Attempt", numeric: true },
  { label: "Due", numeric: true },
  { label: "Created", numeric: true },
  { label: "Select", numeric: true, silent: true },
];

export const waitingPage: Page = async (c, context) => {
  const query = c.req.query();
  const state = WAITING.find((one) => one === query.state) ?? "waiting";
  const page = await context.operator.jobs({ ...listQuery(readFilter(query)), state, ...pageOf(query) });
  return show(c, <WaitingPage context={context} query={query} state={state} page={page} />);
};

interface WaitingProps {
  readonly context: PageContext;
  readonly query: Query;
  readonly state: LiveState;
  readonly page: ListPage<JobSummary>;
}

function WaitingPage({ context, query, state, page }: WaitingProps) {
  const options = WAITING.map((one) => [one, one === "waiting" ? "All that wait" : titled(one)] as const);
  return (
    <Layout frame={context} title="Jobs waiting" current="Waiting">
      <PageHead title="Jobs waiting" />
      <FilterBar
        context={context}
        path="/waiting"
        filter={readFilter(query)}
        status={{ name: "state", label: "State", value: state, options }}
      />
      <form method="post" action={context.link("/cancel")}>
        <Hidden values={{ csrf: context.session.csrf, back: localLink("/waiting", query) }} />
        <DataTable
          id="waiting"
          caption="Jobs that wait"
          columns={COLUMNS}
          rows={page.items.map((job) => cells(context, job))}
          empty={
            <Empty title={page.cursor ? "None among those read so far." : "No job waits."} command={enqueueCommand(context)}>
              {page.cursor
                ? "Read on below, or enqueue one:"
                : "Enqueue one with the button above, over the API, or from the command line:"}
            </Empty>
          }
        />
        {page.items.length > 0 && (
          <p class="bulk">
            <button type="submit" class="danger">
              Cancel the selected…
            </button>
          </p>
        )}
      </form>
      <Pager context={context} path="/waiting" query={query} page={page} />
    </Layout>
  );
}

function cells({ link, now }: PageContext, job: JobSummary) {
  return [
    <JobLink id={job.id} name={job.name} link={link} />,
    <Badge state={standing(job)} />,
    <a href={link("/waiting", { queue: job.queue })}>{job.queue}</a>,
    job.concurrencyKey && <KeyLink concurrencyKey={job.concurrencyKey} href={link("/waiting", { key: job.concurrencyKey })} />,
    job.priority,
    `${job.attempt} of ${job.retries + 1}`,
    <Time at={job.runAt} now={now} />,
    <Time at={job.createdAt} now={now} />,
    <input type="checkbox" name="id" value={job.id} aria-label={`Select ${job.name} ${job.id}`} />,
  ];
}
