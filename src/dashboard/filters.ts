/**
 * From a page's query to that of a list. What is malformed is left out.
 * @module
 */
import { isText } from "../base/bounds.ts";
import { isUuid } from "../base/ids.ts";
import type { LiveQuery, LiveState, ResultsQuery } from "../operate/listing.ts";
import { isOutcome } from "./outcomes.ts";
import type { Query } from "./page-context.ts";

/** What the lists of jobs can be narrowed by, as it stands in the address. */
export interface Filter {
  readonly name?: string;
  readonly queue?: string;
  readonly key?: string;
  readonly worker?: string;
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
}

export const PAGE_SIZE = 50;

/** States that jobs wait in. */
export const WAITING: readonly LiveState[] = ["waiting", "ready", "scheduled", "throttled", "parked"];

export function readFilter(query: Query): Filter {
  const text = (value: string | undefined) => (isText(value?.trim()) ? value?.trim() : undefined);
  const found: { [Name in keyof Filter]-?: string | undefined } = {
    name: text(query.name),
    queue: text(query.queue),
    key: text(query.key),
    worker: query.worker && isUuid(query.worker) ? query.worker : undefined,
    by: text(query.by),
    since: readTime(query.since),
    until: readTime(query.until),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The filter as a list takes it. */
export function listQuery({
  name,
  queue,
  key,
  worker,
  by,
  since,
  until,
}: Filter): Omit<LiveQuery & ResultsQuery, "state" | "outcome" | "final" | "isRetry"> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(queue === undefined ? {} : { queue }),
    ...(key === undefined ? {} : { concurrencyKey: key }),
    ...(worker === undefined ? {} : { workerId: worker }),
    ...(by === undefined ? {} : { createdBy: by }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** The finished attempts that a query asks for. */
export function resultsQuery(query: Query): ResultsQuery {
  return {
    ...listQuery(readFilter(query)),
    ...(isOutcome(query.outcome) ? { outcome: query.outcome } : {}),
    ...(query.final === "yes" ? { final: true } : {}),
    ...(query.retries === "yes" ? { isRetry: true } : {}),
  };
}

/** The page of a list that a query asks for. */
export function pageOf({ cursor }: Query): { limit: number; cursor?: string } {
  return { limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) };
}

/** A time as a form sends it, taken for UTC, or with its own offset. */
function readTime(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
