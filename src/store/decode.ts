/**
 * From rows of text to the engine's plain data.
 * @module
 */
import type { ClaimedJob } from "../core/claimed-job.ts";
import type { JobAttempt, JobStatus } from "../core/jobs-client.ts";
import type { Row } from "../driver/driver.ts";
import type { EnqueueVerdict, LiveCount, LookReply, TurnReply } from "./store.ts";

/** A claimed job as `mayfly.turn_v1` writes it: short, because a turn may carry hundreds. */
type ClaimedTuple = [
  id: string,
  name: string,
  queue: string,
  priority: number,
  runAt: string,
  retries: number,
  attempt: number,
  key: string | null,
  timeoutMs: number | null,
  traceparent: string | null,
  tracestate: string | null,
  cancelRequested: boolean,
  payload: unknown,
];

export function decodeVerdict(row: Row): EnqueueVerdict {
  return {
    id: text(row, "id"),
    outcome: text(row, "outcome") as EnqueueVerdict["outcome"],
    ...(row.existing_id ? { existingId: row.existing_id } : {}),
    ...(row.pending ? { pending: Number(row.pending) } : {}),
    ...(row.running ? { running: Number(row.running) } : {}),
  };
}

export function decodeLiveCount(row: Row): LiveCount {
  return { pending: Number(text(row, "pending")), running: Number(text(row, "running")) };
}

export function decodeTurn(row: Row): TurnReply {
  const verdicts = json<[string, string, "already" | "stale"][]>(row, "verdicts") ?? [];
  return {
    jobs: (json<ClaimedTuple[]>(row, "jobs") ?? []).map(decodeClaimed),
    replayed: row.replayed === "t",
    verdicts: verdicts.map(([id, claimId, verdict]) => ({ id, claimId, verdict })),
    parked: Number(text(row, "parked")),
    nextDueMs: optionalNumber(row, "next_due_ms"),
  };
}

export function decodeLook(row: Row): LookReply {
  return {
    lost: Number(text(row, "lost")),
    more: row.more === "t",
    ready: row.ready === "t",
    nextDueMs: optionalNumber(row, "next_due_ms"),
  };
}

interface JobRecord {
  id: string;
  name: string;
  queue: string;
  priority: number;
  attempt: number;
  retries: number;
  concurrencyKey: string | null;
  runAt: string;
  createdAt: string;
  startedAt: string | null;
}

interface LiveRecord extends JobRecord {
  state: "scheduled" | "ready" | "running";
}

interface AttemptRecord extends JobRecord {
  finishedAt: string;
  retryAt: string | null;
  outcome: JobAttempt["outcome"];
  error: JobAttempt["error"] | null;
  output: JobAttempt["output"] | null;
}

/** A job's state is its live row's; once it has none, the outcome of its last attempt. */
export function decodeJob(row: Row): JobStatus | undefined {
  const live = json<LiveRecord>(row, "live");
  const attempts = json<AttemptRecord[]>(row, "attempts") ?? [];
  const last = attempts.at(-1);
  const job = live ?? last;
  if (!job) return undefined;
  return {
    id: job.id,
    name: job.name,
    queue: job.queue,
    state: live ? live.state : (job as AttemptRecord).outcome,
    priority: job.priority,
    attempt: job.attempt,
    retries: job.retries,
    ...(job.concurrencyKey === null ? {} : { concurrencyKey: job.concurrencyKey }),
    runAt: job.runAt,
    createdAt: job.createdAt,
    ...(job.startedAt === null ? {} : { startedAt: job.startedAt }),
    ...(live || !last ? {} : { finishedAt: last.finishedAt }),
    attempts: attempts.map(decodeAttempt),
  };
}

function decodeAttempt(record: AttemptRecord): JobAttempt {
  return {
    attempt: record.attempt,
    outcome: record.outcome,
    finishedAt: record.finishedAt,
    ...(record.startedAt === null ? {} : { startedAt: record.startedAt }),
    ...(record.retryAt === null ? {} : { retryAt: record.retryAt }),
    ...(record.error === null || record.error === undefined ? {} : { error: record.error }),
    ...(record.output === null || record.output === undefined ? {} : { output: record.output }),
  };
}

function decodeClaimed(tuple: ClaimedTuple): ClaimedJob {
  const [id, name, queue, priority, runAt, retries, attempt, key, timeoutMs, traceparent, tracestate, cancelRequested, payload] = tuple;
  return {
    id,
    name,
    queue,
    priority,
    runAt,
    retries,
    attempt,
    key: key === "" ? null : key,
    timeoutMs,
    traceparent,
    tracestate,
    cancelRequested,
    payload,
  };
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (value === null || value === undefined) throw new TypeError(`column ${column} of a reply is empty`);
  return value;
}

function json<T>(row: Row, column: string): T | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : (JSON.parse(value) as T);
}

function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined ? null : Number(value);
}
