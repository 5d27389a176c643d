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
import { titled } from "../outcomes.ts";
import { show } from "../respond.ts";
import { localLink, type Page, type Query, type Site } from "../site.ts";

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

export const requestsPage: Page = async (c, site) => {
  const query = c.req.query();
  const state = WAITING.find((one) => one === query.state) ?? "waiting";
  const page = await site.operator.jobs({ ...listQuery(readFilter(query)), state, ...pageOf(query) });
  return show(c, <RequestsPage site={site} query={query} state={state} page={page} />);
};

interface RequestsProps {
  readonly site: Site;
  readonly query: Query;
  readonly state: LiveState;
  readonly page: ListPage<JobSummary>;
}

function RequestsPage({ site, query, state, page }: RequestsProps) {
  const options = WAITING.map((one) => [one, one === "waiting" ? "All that wait" : titled(one)] as const);
  return (
    <Layout frame={site} title="Requests" current="Requests">
      <PageHead title="Requests" />
      <FilterBar
        site={site}
        path="/requests"
        filter={readFilter(query)}
        status={{ name: "state", label: "State", value: state, options }}
      />
      <form method="post" action={site.link("/cancel")}>
        <Hidden values={{ csrf: site.session.csrf, back: localLink("/requests", query) }} />
        <DataTable
          id="requests"
          caption="Jobs that wait"
          columns={COLUMNS}
          rows={page.items.map((job) => cells(site, job))}
          empty={
            <Empty title={page.cursor ? "None among those looked at." : "No job waits."} command={enqueueCommand(site)}>
              {page.cursor
                ? "Look further below, or enqueue one:"
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
      <Pager site={site} path="/requests" query={query} page={page} />
    </Layout>
  );
}

function cells({ link, now }: Site, job: JobSummary) {
  const state = job.parked ? "parked" : job.held ? "held" : job.state;
  return [
    <JobLink id={job.id} name={job.name} link={link} />,
    <Badge state={state} />,
    <a href={link("/requests", { queue: job.queue })}>{job.queue}</a>,
    job.concurrencyKey && <KeyLink concurrencyKey={job.concurrencyKey} href={link("/requests", { key: job.concurrencyKey })} />,
    job.priority,
    `${job.attempt} of ${job.retries + 1}`,
    <Time at={job.runAt} now={now} />,
    <Time at={job.createdAt} now={now} />,
    <input type="checkbox" name="id" value={job.id} aria-label={`Select ${job.name} ${job.id}`} />,
  ];
}
