/**
 * What becomes of an attempt once its handler has ended.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { JsonValue } from "../base/json-value.ts";
import { serializeError } from "../base/serialize-error.ts";
import type { Deferral } from "../job/defer.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Settlement } from "../store/settlement.ts";
import type { ClaimOf } from "./attempt.ts";

/** The fields of a job that decide what becomes of it. */
type Retried = ClaimOf<Pick<ClaimedJob, "id" | "attempt" | "retries" | "idempotent" | "freeAttempts">>;

/** A success, with the output that is kept of it. */
export function settleSuccess({ job, claimId }: ClaimOf<Pick<ClaimedJob, "id">>, output: JsonValue | undefined): Settlement {
  const success = { id: job.id, claimId, outcome: "successful", retryInMs: null, countsAsAttempt: true } as const;
  return output === undefined ? success : { ...success, output };
}

/** An attempt that went down with the process it ran in. As when a whole worker dies, the next attempt is made at once. */
export function settleLost({ job, claimId }: Retried, error: unknown, maxBytes: number): Settlement {
  const free = job.idempotent && job.freeAttempts < MAX_FREE_ATTEMPTS;
  const again = free || job.attempt <= job.retries;
  return {
    id: job.id,
    claimId,
    outcome: "lost",
    retryInMs: again ? 0 : null,
    countsAsAttempt: !free,
    error: serializeError(error, maxBytes),
  };
}

export interface ErrorDecision {
  /** Wait before the next attempt, if there is one. */
  readonly delayMs: number;
  /** The attempt was cut off by the end of its worker: for an idempotent job it does not count. */
  readonly interrupted: boolean;
  /** Bytes kept of the error. */
  readonly maxBytes: number;
}

/** Attempts in a row of an idempotent job that do not count; the same for lost ones, in `mayfly.rescue_v1`. */
const MAX_FREE_ATTEMPTS = 5;

/** A failure: the job runs again while attempts are left, unless the error has `retry: false`. */
export function settleError({ job, claimId }: Retried, error: unknown, { delayMs, interrupted, maxBytes }: ErrorDecision): Settlement {
  const free = interrupted && job.idempotent && job.freeAttempts < MAX_FREE_ATTEMPTS;
  const isLast = refusesRetry(error) || (!free && job.attempt > job.retries);
  return {
    id: job.id,
    claimId,
    outcome: "errored",
    retryInMs: isLast ? null : delayMs,
    countsAsAttempt: !free,
    error: serializeError(error, maxBytes),
  };
}

/** What does not count has no other bound than its job's expiry: without a least delay a job that always defers would keep the database busy. */
const LEAST_FREE_DEFERRAL_MS = 1_000;

/** A job put back by its handler. Deferrals that count end it, once there are more of them than its retries allow. */
export function settleDeferral(
  { job, claimId }: ClaimOf<Pick<ClaimedJob, "id" | "attempt" | "retries">>,
  { delayMs, countsAsAttempt }: Pick<Deferral, "delayMs" | "countsAsAttempt">,
): Settlement {
  if (!countsAsAttempt || job.attempt <= job.retries) {
    const retryInMs = countsAsAttempt ? delayMs : Math.max(delayMs, LEAST_FREE_DEFERRAL_MS);
    return { id: job.id, claimId, outcome: "deferred", retryInMs, countsAsAttempt };
  }
  const message = `The job was deferred ${job.attempt} times, and its retries allow ${job.retries}.`;
  const error = serializeError(new MayflyError("job_deferred_out", message), 1_024);
  return { id: job.id, claimId, outcome: "errored", retryInMs: null, countsAsAttempt: true, error };
}

/** A job that an operator wanted stopped. */
export function settleCancelled({ job, claimId }: ClaimOf<Pick<ClaimedJob, "id">>, error: unknown, maxBytes: number): Settlement {
  return { id: job.id, claimId, outcome: "cancelled", retryInMs: null, countsAsAttempt: true, error: serializeError(error, maxBytes) };
}

/** A claimed job that is given back as if it had never been claimed. */
export function settleReleased({ job, claimId }: ClaimOf<Pick<ClaimedJob, "id">>): Settlement {
  return { id: job.id, claimId, outcome: "released", retryInMs: null, countsAsAttempt: false };
}

function refusesRetry(error: unknown): boolean {
  return typeof error === "object" && error !== null && "retry" in error && error.retry === false;
}
