/**
 * What becomes of an attempt once its handler has ended.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import { byteLength, findNonJson, type JsonValue } from "../base/json-value.ts";
import { serializeError } from "../base/serialize-error.ts";
import type { Deferral } from "../job/defer.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Settlement } from "../store/settlement.ts";

/** What is kept of what a handler returned. Output that is not JSON or too large is left out, and `problem` says so. */
export function keepOutput(output: unknown, maxBytes: number): { readonly output?: JsonValue; readonly problem?: string } {
  if (output === undefined) return {};
  const [wrong] = findNonJson(output);
  if (wrong) return { problem: `${["output", ...wrong.path].join(".")} ${wrong.message}` };
  const bytes = byteLength(JSON.stringify(output));
  if (bytes > maxBytes) return { problem: `output is ${bytes} bytes of JSON; at most ${maxBytes} are kept` };
  return { output: output as JsonValue };
}

/** A success, with the output that is kept of it. */
export function settleSuccess(job: Pick<ClaimedJob, "id">, claimId: string, output: JsonValue | undefined): Settlement {
  return {
    id: job.id,
    claimId,
    outcome: "successful",
    retryInMs: null,
    countsAsAttempt: true,
    ...(output === undefined ? {} : { output }),
  };
}

/** An attempt that went down with the process it ran in. As when a whole worker dies, the next attempt is made at once. */
export function settleLost(
  job: Pick<ClaimedJob, "id" | "attempt" | "retries" | "idempotent" | "freeAttempts">,
  claimId: string,
  error: unknown,
  maxBytes: number,
): Settlement {
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
  /** Another attempt could not go better. */
  readonly final: boolean;
  /** It was cut off, not wrong: an idempotent job's attempt does not count then. */
  readonly interrupted: boolean;
  /** Bytes kept of the error. */
  readonly maxBytes: number;
}

/** Attempts in a row of an idempotent job that do not count; the same for lost ones, in `mayfly.rescue_v1`. */
const MAX_FREE_ATTEMPTS = 5;

/** A failure: the job runs again while attempts are left, unless the error has `retry: false`. */
export function settleError(
  job: Pick<ClaimedJob, "id" | "attempt" | "retries" | "idempotent" | "freeAttempts">,
  claimId: string,
  error: unknown,
  { delayMs, final, interrupted, maxBytes }: ErrorDecision,
): Settlement {
  const free = interrupted && job.idempotent && job.freeAttempts < MAX_FREE_ATTEMPTS;
  const over = final || refusesRetry(error) || (!free && job.attempt > job.retries);
  return {
    id: job.id,
    claimId,
    outcome: "errored",
    retryInMs: over ? null : delayMs,
    countsAsAttempt: !free,
    error: serializeError(error, maxBytes),
  };
}

/** A job put back by its handler. Deferrals that count end it, once there are more of them than its retries allow. */
export function settleDeferral(
  job: Pick<ClaimedJob, "id" | "attempt" | "retries">,
  claimId: string,
  { delayMs, countsAsAttempt }: Pick<Deferral, "delayMs" | "countsAsAttempt">,
): Settlement {
  if (!countsAsAttempt || job.attempt <= job.retries)
    return { id: job.id, claimId, outcome: "deferred", retryInMs: delayMs, countsAsAttempt };
  const message = `The job was deferred ${job.attempt} times, and its retries allow ${job.retries}.`;
  const error = serializeError(new MayflyError("job_deferred_out", message), 1_024);
  return { id: job.id, claimId, outcome: "errored", retryInMs: null, countsAsAttempt: true, error };
}

/** A job that an operator wanted stopped. */
export function settleCancelled(job: Pick<ClaimedJob, "id">, claimId: string, error: unknown, maxBytes: number): Settlement {
  return { id: job.id, claimId, outcome: "cancelled", retryInMs: null, countsAsAttempt: true, error: serializeError(error, maxBytes) };
}

function refusesRetry(error: unknown): boolean {
  return typeof error === "object" && error !== null && "retry" in error && error.retry === false;
}
