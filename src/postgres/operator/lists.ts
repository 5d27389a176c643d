/**
 * Lists of jobs, results and workers: which statement reads which order, and from where.
 * @module
 */
import { isBetween, isText, MAX_TEXT } from "../../base/bounds.ts";
import { isUuid } from "../../base/ids.ts";
import { isMoment } from "../../base/moments.ts";
import { Problems } from "../../base/problems.ts";
import {
  COUNT_CAP,
  type JobSummary,
  type LiveQuery,
  type LiveState,
  type Page,
  type PageQuery,
  type QueueStatus,
  type ResultSummary,
  type ResultsQuery,
  type WorkerStatus,
  type WorkersQuery,
} from "../../operate/listing.ts";
import type { Param, Row } from "../driver/driver.ts";
import { encodeArray } from "../encode.ts";
import * as statements from "../sql/statements.ts";
import { type CursorShape, decodeCursor, encodeCursor } from "./cursor.ts";
import { decodeQueue, decodeWorker, parseItems } from "./decode-lists.ts";

/** Reads with one statement, within the time that a list may take. */
export type ReadList = (text: string, params: readonly Param[]) => Promise<Row[]>;

export interface Lists {
  jobs(query?: LiveQuery): Promise<Page<JobSummary>>;
  results(query?: ResultsQuery): Promise<Page<ResultSummary>>;
  workers(query?: WorkersQuery): Promise<Page<WorkerStatus>>;
  queues(query?: PageQuery): Promise<Page<QueueStatus>>;
}

/** Rows that a call reads where no index serves a filter. */
const ROW_BUDGET = 20_000;
/** The same where each of them is looked up among what was asked for, which takes several times as long. */
const LOOKUP_BUDGET = 5_000;
const LOOKED_UP = ["created_by", "since", "until", "is_retry"];
const MAX_LIMIT = 200;

/** The lists over a way to read. */
export function listsOf(read: ReadList, staleMs: string): Lists {
  /** One page by a statement of the usual shape: row budget, limit, wanted, its own parameters, the cursor's values. */
  async function page<Item>(query: { limit?: number; cursor?: string }, list: List, wanted: Wanted): Promise<Page<Item>> {
    const limit = query.limit ?? 50;
    const filter = JSON.stringify(wanted);
    const budget = filter === "{}" ? limit + 1 : LOOKED_UP.some((name) => wanted[name] !== undefined) ? LOOKUP_BUDGET : ROW_BUDGET;
    const params = [String(budget), String(limit), filter, ...list.params, ...decodeCursor(list.name, list.cursor, query.cursor)];
    const [row] = await read(list.text, params);
    const items = parseItems<Item>(row?.items);
    const more = row?.more === "t" && row.cursor;
    return {
      items,
      ...(more ? { cursor: encodeCursor(list.name, JSON.parse(more) as unknown[]) } : {}),
      ...(more && items.length < limit && row.scanned_to ? { scannedTo: row.scanned_to } : {}),
    };
  }

  return {
    async jobs(query = {}) {
      check(query, { state: LIVE_STATES, workerId: "uuid" });
      // What waits runs under no worker.
      if (query.workerId !== undefined && query.state !== undefined && query.state !== "running") return { items: [] };
      const { list, wanted } = liveList(query);
      return await page<JobSummary>(query, list, wanted);
    },

    async results(query = {}) {
      check(query, { outcome: OUTCOMES, workerId: "uuid" });
      const { outcome, concurrencyKey, since, until, final, isRetry } = query;
      // An index leads to each outcome but success, which is never far.
      const indexed = outcome === "successful" ? undefined : outcome;
      const list: List = {
        name: "results",
        text: statements.results,
        params: [indexed ?? null, concurrencyKey ?? null, since ?? null, until ?? null],
        cursor: ["time", "uuid", "uuid"],
      };
      const { name, queue, workerId, createdBy } = query;
      const left = indexed === undefined ? outcome : undefined;
      return await page<ResultSummary>(query, list, {
        outcome: left,
        name,
        queue,
        worker_id: workerId,
        created_by: createdBy,
        final: final || undefined,
        is_retry: isRetry || undefined,
      });
    },

    async workers(query = {}) {
      check(query, { state: WORKER_STATES });
      const limit = query.limit ?? 50;
      const rows = await read(statements.workers, [
        staleMs,
        query.state ?? null,
        ...decodeCursor("workers", ["uuid"], query.cursor),
        String(limit + 1),
      ]);
      const items = rows.slice(0, limit).map(decodeWorker);
      const last = items.at(-1);
      return { items, ...(rows.length > limit && last ? { cursor: encodeCursor("workers", [last.id]) } : {}) };
    },

    async queues(query = {}) {
      check(query, {});
      const limit = query.limit ?? 50;
      const after = decodeCursor("queues", ["text"], query.cursor);
      const rows = await read(statements.queues, [String(COUNT_CAP), String(limit + 1), ...after]);
      const items = rows.slice(0, limit).map(decodeQueue);
      const last = items.at(-1);
      return { items, ...(rows.length > limit && last ? { cursor: encodeCursor("queues", [last.queue]) } : {}) };
    },
  };
}

interface List {
  /** Which list a cursor is of. */
  readonly name: string;
  readonly text: string;
  readonly params: readonly Param[];
  readonly cursor: CursorShape;
}

/** Filters for which no index is used; what is undefined is left out of the JSON. */
type Wanted = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Where the jobs of a state are, and why they wait there. */
const PLACES: Readonly<Record<LiveState, { readonly states: readonly string[]; readonly reason?: string }>> = {
  waiting: { states: ["ready", "scheduled"] },
  ready: { states: ["ready"] },
  running: { states: ["running"] },
  scheduled: { states: ["scheduled"], reason: "due" },
  parked: { states: ["scheduled"], reason: "parked" },
  throttled: { states: ["scheduled"], reason: "throttled" },
};

/** The order that serves a query best. */
function liveList(query: LiveQuery): { readonly list: List; readonly wanted: Wanted } {
  const { state, name, queue, concurrencyKey, workerId, createdBy, since, until } = query;
  const { states = null, reason = undefined } = state === undefined ? {} : PLACES[state];
  const wanted = { reason, name, queue, created_by: createdBy, since, until };
  if (concurrencyKey !== undefined) {
    const list: List = { name: "keyed", text: statements.jobsKeyed, params: [concurrencyKey, name ?? null], cursor: ["uuid"] };
    return { list, wanted: { ...wanted, name: undefined, states: states ?? undefined } };
  }
  if (state === "running" || workerId !== undefined) {
    const list: List = { name: "running", text: statements.jobsRunning, params: [workerId ?? null], cursor: ["time", "uuid"] };
    return { list, wanted };
  }
  if (state === "ready" && queue !== undefined) {
    const list: List = { name: "ready", text: statements.jobsReady, params: [queue], cursor: ["number", "time", "uuid"] };
    return { list, wanted: { ...wanted, queue: undefined } };
  }
  if (state === "scheduled" || state === "parked") {
    return { list: { name: "scheduled", text: statements.jobsScheduled, params: [], cursor: ["time", "uuid"] }, wanted };
  }
  return { list: { name: "newest", text: statements.jobsNewest, params: [states && encodeArray(states)], cursor: ["uuid"] }, wanted };
}

const LIVE_STATES = Object.keys(PLACES);
const OUTCOMES = ["successful", "errored", "cancelled", "lost", "deferred"];
const WORKER_STATES = ["alive", "stale", "left"];

/** All problems of a query at once. */
function check(query: object, special: Readonly<Record<string, readonly string[] | "uuid">>): void {
  const problems = new Problems();
  for (const [option, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const message = wrong(option, value, special[option]);
    if (message) problems.add([option], message);
  }
  if (problems.count > 0) throw problems.error("invalid_options", "The list cannot be read");
}

function wrong(option: string, value: unknown, special: readonly string[] | "uuid" | undefined): string | undefined {
  const shown = JSON.stringify(value)?.slice(0, 100);
  if (option === "limit") return isBetween(value, 1, MAX_LIMIT) ? undefined : `is ${shown}; it is a whole number from 1 to ${MAX_LIMIT}`;
  if (option === "final" || option === "isRetry") return typeof value === "boolean" ? undefined : `is ${shown}; it is true or false`;
  if (option === "since" || option === "until") {
    return typeof value === "string" && isMoment(value) ? undefined : `is ${shown}; it is a time such as 2026-01-31T12:00:00Z`;
  }
  if (special === "uuid") return typeof value === "string" && isUuid(value) ? undefined : `is ${shown}; it is a UUID`;
  if (special) return special.includes(value as string) ? undefined : `is ${shown}; it is one of ${special.join(", ")}`;
  if (option === "cursor") return typeof value === "string" ? undefined : `is ${shown}; it is text`;
  return isText(value) ? undefined : `is ${shown}; it takes 1 to ${MAX_TEXT} characters`;
}
