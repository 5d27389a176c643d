/**
 * Finished attempts.
 * @module
 */
import type { Page as ListPage, Overview, ResultSummary } from "../../operate/listing.ts";
import { Badge } from "../components/badge.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Empty } from "../components/empty.tsx";
import { FilterBar } from "../components/filter-bar.tsx";
import { JobLink } from "../components/job-link.tsx";
import { KeyLink } from "../components/key-link.tsx";
import { Layout } from "../components/layout.tsx";
import { Legend } from "../components/legend.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Pager } from "../components/pager.tsx";
import { Hidden } from "../components/post.tsx";
import { ThroughputChart } from "../components/throughput-chart.tsx";
import { None, Time } from "../components/time.tsx";
import { pageOf, readFilter, resultsQuery } from "../filters.ts";
import { duration, number } from "../format.ts";
import { OUTCOMES, titled } from "../outcomes.ts";
import { localLink, type Page, type PageContext, type Query } from "../page-context.ts";
import { show } from "../respond.ts";

const COLUMNS = [
  { label: "Job" },
  { label: "Status" },
  { label: "Error", optional: true },
  { label: "Queue" },
  { label: "Key", optional: true },
  { label: "Attempt", numeric: true },
  { label: "Took", numeric: true },
  { label: "Finished", numeric: true },
  { label: "Select", numeric: true, silent: true },
];

const WHICH = [
  { label: "All attempts", final: undefined, retries: undefined },
  { label: "Only the last of a job", final: "yes", retries: undefined },
  { label: "Only retries", final: undefined, retries: "yes" },
];

export const resultsPage: Page = async (c, context) => {
  const query = c.req.query();
  const { queue } = readFilter(query);
  const [page, overview] = await Promise.all([
    context.operator.results({ ...resultsQuery(query), ...pageOf(query) }),
    context.operator.overview({ range: "week", ...(queue === undefined ? {} : { queue }) }),
  ]);
  return show(c, <ResultsPage context={context} query={query} page={page} overview={overview} />);
};

interface ResultsProps {
  readonly context: PageContext;
  readonly query: Query;
  readonly page: ListPage<ResultSummary>;
  readonly overview: Overview;
}

function ResultsPage({ context, query, page, overview }: ResultsProps) {
  const filter = readFilter(query);
  const { outcome = "" } = resultsQuery(query);
  const options = [["", "Any"], ...OUTCOMES.map((one) => [one, titled(one)])] as [string, string][];
  const narrowed = { ...query, cursor: undefined };
  return (
    <Layout frame={context} title="Results" current="Results">
      <PageHead title="Results">
        <a class="button" href={context.link("/results/retry", narrowed)}>
          Retry all that match…
        </a>
      </PageHead>
      <section class="panel short" id="trend" data-live aria-labelledby="trend-title">
        <div class="head">
          <h2 id="trend-title">
            Last week{filter.queue !== undefined && `, ${filter.queue}`} <small class="muted">{number(overview.retries)} retries</small>
          </h2>
          <Legend context={context} points={overview.throughput} query={{ queue: filter.queue }} />
        </div>
        <ThroughputChart overview={overview} />
      </section>
      <FilterBar
        keep={{ final: query.final, retries: query.retries }}
        context={context}
        path="/results"
        filter={filter}
        status={{ name: "outcome", label: "Status", value: outcome, options }}
      />
      <nav class="choice" aria-label="Which attempts">
        {WHICH.map(({ label, ...which }) => (
          <a
            href={context.link("/results", { ...narrowed, ...which })}
            {...(query.final === which.final && query.retries === which.retries ? { "aria-current": "true" } : {})}
          >
            {label}
          </a>
        ))}
      </nav>
      {filter.key !== undefined && (
        <p class="muted">
          Live jobs with this key: <a href={context.link("/waiting", { key: filter.key })}>waiting</a>,{" "}
          <a href={context.link("/running", { key: filter.key })}>running</a>.
        </p>
      )}
      <form method="post" action={context.link("/results/retry")}>
        <Hidden values={{ csrf: context.session.csrf, back: localLink("/results", query) }} />
        <DataTable
          id="results"
          caption="Finished attempts, the latest first"
          columns={COLUMNS}
          rows={page.items.map((result) => cells(context, result))}
          empty={
            <Empty title={page.cursor ? "None among those looked at." : "No attempt has finished like this."} command="npx mayfly worker">
              {page.cursor ? "Look further below." : "Widen the filter; or start a consumer, which runs what is ready:"}
            </Empty>
          }
        />
        {page.items.some(mayRetry) && (
          <p class="bulk">
            <button type="submit">Retry the selected</button>
          </p>
        )}
      </form>
      <Pager context={context} path="/results" query={query} page={page} />
    </Layout>
  );
}

function cells({ link, now }: PageContext, result: ResultSummary) {
  const { startedAt, finishedAt, concurrencyKey: key, error, retriedAs, retryAt } = result;
  return [
    <JobLink id={result.id} name={result.name} link={link} />,
    <>
      <Badge state={result.outcome} /> {retriedAs && <a href={link(`/jobs/${retriedAs}`)}>retried</a>}
      {retryAt && <span class="muted">tries again</span>}
      {result.retryOf && <span class="muted">a retry</span>}
    </>,
    error && (
      <span class="error-line" title={error.message}>
        <b>{error.name}</b> {error.message.slice(0, 200)}
      </span>
    ),
    <a href={link("/results", { queue: result.queue })}>{result.queue}</a>,
    key && <KeyLink concurrencyKey={key} href={link("/results", { key })} />,
    `${result.attempt} of ${result.retries + 1}`,
    startedAt === undefined ? <None text="never started" /> : duration(Date.parse(finishedAt) - Date.parse(startedAt)),
    <Time at={finishedAt} now={now} />,
    mayRetry(result) ? <input type="checkbox" name="id" value={result.id} aria-label={`Select ${result.name} ${result.id}`} /> : "",
  ];
}

/** Nothing follows it yet, as far as its own row tells. */
function mayRetry({ retryAt, retriedAs }: ResultSummary): boolean {
  return retryAt === undefined && retriedAs === undefined;
}
