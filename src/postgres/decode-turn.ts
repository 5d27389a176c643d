/**
 * The answer to a turn: rows of three columns, as `mayfly.turn_v1` writes them.
 * @module
 */
import { inexactIn } from "../base/json-value.ts";
import { NO_TRACE, TRACE_HEADERS, traceHeaders } from "../base/trace-headers.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { ActiveClaim, Rejection, TurnReply } from "../store/turn.ts";
import type { Row } from "./driver/driver.ts";
import { advance, type ScanRanges } from "./watermarks.ts";

/** The claimed jobs of a partition and priority; as many rows follow, one each. */
type GroupTuple = [
  priority: number,
  since: string,
  ids: string[],
  names: string | string[],
  queues: string | string[],
  readyAt: string[],
  attempts: number[],
  retries: number[],
  extras: Record<string, ExtraTuple> | null,
];

/** What a job has besides a plain attempt: a hook, attempts that did not count, a cancel. */
type ExtraTuple = [hook: ClaimedJob["hook"], hookTries: number | null, freeAttempts: number | null, cancelled: boolean];

/** Then come the headers of its trace, in their order. */
type RestTuple = [key: string | null, timeoutMs: number | null, idempotent: boolean, runAt: string | null, ...trace: (string | null)[]];

/** Of most jobs. */
const NO_EXTRAS: ExtraTuple = [null, null, null, false];
const NO_REST: RestTuple = [null, null, false, null];

/** The last row: everything but the jobs. */
interface TurnRecord {
  readonly replayed: boolean;
  readonly rejections: [id: string, claimId: string, reason: Rejection["reason"]][] | null;
  readonly ready_from: string | null;
  readonly exhausted: boolean | null;
  readonly left_behind: [priority: number, readyAt: string][] | null;
  readonly set_aside: number;
  readonly busy: boolean;
  readonly paused?: string[];
  readonly cancels?: string[] | null;
  readonly lost_claims?: ActiveClaim[] | null;
  readonly next_due?: string | null;
  readonly next_due_ms?: number | null;
  readonly now?: string;
}

/** The reply to a turn that scanned these ranges. */
export function decodeTurn(rows: readonly Row[], scanned: ScanRanges): TurnReply {
  const jobs: ClaimedJob[] = [];
  const taken = new Map<number, string>();
  let record: TurnRecord | undefined;
  for (let at = 0; at < rows.length; ) {
    const head = JSON.parse(rows[at]?.head ?? "null") as GroupTuple | TurnRecord;
    at++;
    if (!Array.isArray(head)) {
      record = head;
      break;
    }
    const [priority, since] = head;
    const known = taken.get(priority);
    if (known === undefined || since < known) taken.set(priority, since);
    at = decodeGroup(head, rows, at, jobs);
  }
  if (!record) throw new TypeError("a turn was answered without its last row");
  const { now, rejections } = record;
  return {
    jobs,
    replayed: record.replayed,
    rejections: rejections === null ? [] : rejections.map(([id, claimId, reason]) => ({ id, claimId, reason })),
    watermarks: advance(scanned, {
      taken,
      leftBehind: new Map(record.left_behind),
      readyFrom: record.ready_from,
      exhausted: record.exhausted === true,
      now: now ?? null,
      nextDue: record.next_due ?? null,
    }),
    setAside: record.set_aside,
    busy: record.busy,
    madeReady: record.ready_from !== null,
    report:
      now === undefined
        ? null
        : {
            paused: record.paused ?? [],
            cancels: record.cancels ?? [],
            lostClaims: record.lost_claims ?? [],
            nextDueMs: record.next_due_ms ?? null,
          },
  };
}

/** Reads the rows of a group from `at` on, into `jobs`; answers where it ends. */
function decodeGroup(group: GroupTuple, rows: readonly Row[], at: number, jobs: ClaimedJob[]): number {
  const [, , ids, names, queues, readyAt, attempts, retries, extras] = group;
  for (let nth = 0; nth < ids.length; nth++) {
    const row = rows[at + nth];
    const id = ids[nth] as string;
    const [key, timeoutMs, idempotent, runAt, ...trace] = row?.rest ? (JSON.parse(row.rest) as RestTuple) : NO_REST;
    const payload = row?.payload ?? "null";
    const inexact = inexactIn(payload);
    const [hook, hookTries, freeAttempts, cancelRequested] = extras?.[id] ?? NO_EXTRAS;
    const job: ClaimedJob = {
      id,
      name: typeof names === "string" ? names : (names[nth] as string),
      queue: typeof queues === "string" ? queues : (queues[nth] as string),
      // A later attempt is due when the one before it said.
      runAt: attempts[nth] === 1 && runAt !== null ? runAt : (readyAt[nth] as string),
      retries: retries[nth] as number,
      attempt: attempts[nth] as number,
      key,
      timeoutMs,
      trace: trace.length === 0 ? NO_TRACE : traceHeaders((name) => trace[TRACE_HEADERS.indexOf(name)]),
      cancelRequested,
      payload: JSON.parse(payload),
      hook,
      hookTries: hookTries ?? 0,
      idempotent,
      freeAttempts: freeAttempts ?? 0,
    };
    jobs.push(inexact === undefined ? job : { ...job, inexact });
  }
  return at + ids.length;
}
