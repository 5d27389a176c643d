/**
 * A job's status, put together from what was asked for, where it is, and its finished attempts.
 * @module
 */
import { cutDeep, type JsonValue } from "../base/json-value.ts";
import type { JobAttempt, JobStatus, WaitReason } from "../job/jobs-client.ts";
import { json, some } from "./decode.ts";
import type { Row } from "./driver/driver.ts";

/** What was asked for. */
interface JobRecord {
  id: string;
  name: string;
  queue: string;
  priority: number;
  retries: number;
  concurrencyKey: string | null;
  runAt: string;
  createdAt: string;
  retryOf: string | null;
  source: string | null;
  createdBy: string | null;
  traceparent: string | null;
  payload: JsonValue;
}

/** Where a job is while it lives. */
interface LiveRecord {
  state: "scheduled" | "ready" | "running";
  reason: WaitReason | null;
  attempt: number;
  runAt: string | null;
  startedAt: string | null;
  expiresAt: string | null;
  cancelRequestedAt: string | null;
  workerId: string | null;
}

interface AttemptRecord {
  attempt: number;
  outcome: JobAttempt["outcome"];
  runAt: string | null;
  startedAt: string | null;
  finishedAt: string;
  retryAt: string | null;
  retriedAs: string | null;
  workerId: string | null;
  error: JobAttempt["error"] | null;
  output: JobAttempt["output"] | null;
}

/** A job's state is where it lives; once it has ended, the outcome of its last attempt. Without either it is unknown. */
export function decodeJob(row: Row): JobStatus | undefined {
  const job = json<JobRecord>(row, "job");
  const live = json<LiveRecord>(row, "live");
  const attempts = json<AttemptRecord[]>(row, "attempts") ?? [];
  const last = attempts.at(-1);
  const now = live ?? last;
  if (!job || !now) return undefined;
  return {
    id: job.id,
    name: job.name,
    queue: job.queue,
    state: live ? live.state : (now as AttemptRecord).outcome,
    ...some("reason", live?.reason),
    priority: job.priority,
    attempt: now.attempt,
    retries: job.retries,
    ...some("concurrencyKey", job.concurrencyKey),
    runAt: now.runAt ?? job.runAt,
    createdAt: job.createdAt,
    ...some("startedAt", now.startedAt),
    ...(live ? {} : { ...some("finishedAt", last?.finishedAt), ...some("retriedAs", last?.retriedAs) }),
    ...some("expiresAt", live?.expiresAt),
    ...some("cancelRequestedAt", live?.cancelRequestedAt),
    ...some("workerId", live?.workerId),
    ...some("retryOf", job.retryOf),
    ...some("source", job.source),
    ...some("createdBy", job.createdBy),
    ...some("traceparent", job.traceparent),
    payload: cutDeep(job.payload),
    attempts: attempts.map(decodeAttempt),
  };
}

function decodeAttempt({
  attempt,
  outcome,
  startedAt,
  finishedAt,
  retryAt,
  retriedAs,
  workerId,
  error,
  output,
}: AttemptRecord): JobAttempt {
  return {
    attempt,
    outcome,
    finishedAt,
    ...some("startedAt", startedAt),
    ...some("retryAt", retryAt),
    ...some("retriedAs", retriedAs),
    ...some("workerId", workerId),
    ...some("error", error),
    ...some("output", output),
  };
}
