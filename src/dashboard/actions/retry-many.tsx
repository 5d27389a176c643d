/**
 * Retrying all that match a filter: counted first, then exactly those.
 * @module
 */
import type { RetryResult } from "../../job/jobs-client.ts";
import type { ResultSummary, ResultsQuery } from "../../operate/listing.ts";
import { resultsQuery } from "../filters.ts";
import { many } from "../format.ts";
import type { Page, PageContext } from "../page-context.ts";
import { RetryManyPage } from "../pages/retry-many.tsx";
import { goBack, idsOf, show } from "../respond.ts";

/** Jobs of one retry by hand; the next ones are one click away. */
const MOST_RETRIED = 1_000;
const SLICE = 500;
const PAGE = 200;
/** A filter that no index serves is looked for in as many steps, and no more. */
const MOST_PAGES = 25;

/** Shows what matches, before anything is done. */
export const countRetries: Page = async (c, context) => {
  const query = c.req.query();
  const found = await collect(context, resultsQuery(query));
  return show(c, <RetryManyPage context={context} query={query} {...found} />);
};

/** Retries those that were shown. */
export const retryMany: Page = async (c, context) => {
  const ids = await idsOf(c, MOST_RETRIED);
  if (ids.length === 0) return goBack(c, context, "/results", { kind: "warning", text: "No job was selected." });
  const results: RetryResult[] = [];
  for (let from = 0; from < ids.length; from += SLICE) results.push(...(await context.operator.retryMany(ids.slice(from, from + SLICE))));
  const count = (...outcomes: RetryResult["outcome"][]) => results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const left = ids.length - count("enqueued");
  const text = [
    `${many(count("enqueued"), "job")} went in.`,
    count("already") > 0 ? `${many(count("already"), "job")} had been retried before.` : "",
    count("blocked") > 0 ? `${many(count("blocked"), "job")} did not go in: another live job holds the key.` : "",
    count("live", "unknown") > 0 ? `${many(count("live", "unknown"), "job")} had moved on.` : "",
  ];
  return goBack(c, context, "/results", { kind: left > 0 ? "warning" : "done", text: text.filter(Boolean).join(" ") });
};

/** The last attempts of jobs that match, as far as one retry may take them; what finishes from now on is not among them. */
async function collect({ operator, now }: PageContext, asked: ResultsQuery): Promise<{ items: ResultSummary[]; more: boolean }> {
  const query = { ...asked, final: true, until: asked.until ?? new Date(now).toISOString(), limit: PAGE };
  const items: ResultSummary[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES && items.length < MOST_RETRIED; pages++) {
    const page = await operator.results({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  return { items: items.slice(0, MOST_RETRIED), more: cursor !== undefined || items.length > MOST_RETRIED };
}
