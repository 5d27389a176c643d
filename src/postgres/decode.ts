/**
 * From rows of text to the engine's plain data.
 * @module
 */
import type { JsonValue } from "../base/json-value.ts";
import type { JobAttempt, JobStatus, LiveJob, RetryResult } from "../job/jobs-client.ts";
import type { EnqueueReply, Fired, LiveCount, OnceReply } from "../store/store.ts";
import type { MaintainReply, TickReply } from "../store/tick.ts";
import type { Row } from "./driver/driver.ts";

/** Those of the jobs that did not go in, by their place in the list. */
export function decodeRefused(jobs: readonly { readonly id: string }[], row: Row): Map<number, EnqueueReply> {
  const list = json<[number, EnqueueReply["outcome"], string | null, number | null, number | null][]>(row, "refused") ?? [];
  return new Map(
    list.map(([nth, outcome, existingId, pending, running]) => [
      nth - 1,
      {
        id: jobs[nth - 1]?.id ?? "",
        outcome,
        ...(existingId === null ? {} : { existingId }),
        ...(pending === null ? {} : { pending }),
        ...(running === null ? {} : { running }),
      },
    ]),
  );
}

function decodeVerdict(row: Row): EnqueueReply {
  return {
    id: text(row, "id"),
    outcome: text(row, "outcome") as EnqueueReply["outcome"],
    ...(row.existing_id ? { existingId: row.existing_id } : {}),
    ...(row.pending ? { pending: Number(row.pending) } : {}),
    ...(row.running ? { running: Number(row.running) } : {}),
  };
}

/** The verdicts of a request; one at least. */
export function decodeOnce(rows: readonly Row[]): OnceReply {
  return { replayed: rows[0]?.replayed === "t", verdicts: rows.map(decodeVerdict) };
}

export function decodeLiveCount(row: Row): LiveCount {
  return { pending: Number(text(row, "pending")), running: Number(text(row, "running")) };
}

export function decodeTick(row: Row): TickReply {
  const due = json<[string, number, string, string | null][]>(row, "schedules") ?? [];
  return {
    lost: Number(text(row, "lost")),
    rescued: json<TickReply["rescued"]>(row, "rescued") ?? [],
    more: row.more === "t",
    ready: row.ready === "t",
    nextDueMs: optionalNumber(row, "next_due_ms"),
    maintenanceDue: row.maintenance_due === "t",
    setState: (row.set_state ?? null) as TickReply["setState"],
    due: due.map(([name, fireCount, nextAt, resumedAt]) => ({ name, fireCount, nextAt, resumedAt })),
    nextFireMs: optionalNumber(row, "next_fire_ms"),
    nowMs: Number(text(row, "now_ms")),
  };
}

export function decodeMaintain(rows: readonly Row[]): MaintainReply {
  return {
    expired: Number(rows.find(({ duty }) => duty === "expire")?.done ?? 0),
    more: rows.some(({ more }) => more === "t"),
    failed: rows.flatMap((row) =>
      row.sql_state ? [{ duty: text(row, "duty"), sqlState: row.sql_state, message: row.message ?? "" }] : [],
    ),
  };
}

export function decodeLiveJob(row: Row): LiveJob {
  return {
    id: text(row, "id"),
    queue: text(row, "queue"),
    state: text(row, "state") as LiveJob["state"],
    priority: Number(text(row, "priority")),
    attempt: Number(text(row, "attempt")),
    retries: Number(text(row, "retries")),
    ...(row.concurrency_key ? { concurrencyKey: row.concurrency_key } : {}),
    runAt: text(row, "run_at"),
    createdAt: text(row, "created_at"),
    ...(row.started_at ? { startedAt: row.started_at } : {}),
  };
}

export function decodeRetry(row: Row): RetryResult {
  const outcome = text(row, "outcome") as RetryResult["outcome"];
  return { outcome, ...(row.job_id ? { id: row.job_id } : {}) };
}

export function decodeFired(row: Row): Fired {
  return { name: text(row, "name"), outcomes: json<Fired["outcomes"]>(row, "outcomes") ?? [] };
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
  source: string | null;
  createdBy: string | null;
  retryOf: string | null;
  workerId: string | null;
  traceparent: string | null;
  payload: JsonValue;
}

interface LiveRecord extends JobRecord {
  state: "scheduled" | "ready" | "running";
  expiresAt: string | null;
  cancelRequestedAt: string | null;
  held: boolean;
  parked: boolean;
}

interface AttemptRecord extends JobRecord {
  finishedAt: string;
  retryAt: string | null;
  retriedAs: string | null;
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
    ...(live || !last ? {} : { finishedAt: last.finishedAt, ...some("retriedAs", last.retriedAs) }),
    ...(live ? { ...some("expiresAt", live.expiresAt), ...some("cancelRequestedAt", live.cancelRequestedAt) } : {}),
    ...some("workerId", live?.workerId),
    ...(live?.held ? { held: true } : {}),
    ...(live?.parked ? { parked: true } : {}),
    ...some("retryOf", job.retryOf),
    ...some("source", job.source),
    ...some("createdBy", job.createdBy),
    ...some("traceparent", job.traceparent),
    payload: job.payload,
    attempts: attempts.map(decodeAttempt),
  };
}

/** The property, where it has a value. */
export function some<Name extends string, Value>(name: Name, value: Value | null | undefined): { readonly [K in Name]?: Value } {
  return (value === null || value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value };
}

function decodeAttempt(record: AttemptRecord): JobAttempt {
  return {
    attempt: record.attempt,
    outcome: record.outcome,
    finishedAt: record.finishedAt,
    ...(record.startedAt === null ? {} : { startedAt: record.startedAt }),
    ...(record.retryAt === null ? {} : { retryAt: record.retryAt }),
    ...(record.retriedAs === null ? {} : { retriedAs: record.retriedAs }),
    ...some("workerId", record.workerId),
    ...(record.error === null || record.error === undefined ? {} : { error: record.error }),
    ...(record.output === null || record.output === undefined ? {} : { output: record.output }),
  };
}

/** A column that always has a value. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (value === null || value === undefined) throw new TypeError(`column ${column} of a reply is empty`);
  return value;
}

/** A column of JSON; undefined where it is null. */
function json<T>(row: Row, column: string): T | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : (JSON.parse(value) as T);
}

/** A column that may be null. */
function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined ? null : Number(value);
}
