/**
 * What becomes of an attempt once its handler has ended.
 * @module
 */
import type { ClaimedJob } from "./claimed-job.ts";
import type { Deferral } from "./defer.ts";
import { MayflyError } from "./errors.ts";
import { byteLength, cleanText, findNonJson, type JsonValue } from "./json-value.ts";

/** The end of an attempt. `released`: given back as if it had never been claimed. `hooked`: not the job but its hook has ended. */
export interface Settlement {
  readonly id: string;
  readonly claimId: string;
  readonly outcome: "successful" | "errored" | "cancelled" | "lost" | "deferred" | "released" | "hooked";
  /** The job, or the hook, runs again this many milliseconds from now; null: this was its last attempt. */
  readonly againMs: number | null;
  /** The attempt counts. */
  readonly charge: boolean;
  /** The handler has a hook for this, which is to be run before anything else. */
  readonly hook?: boolean;
  readonly error?: SerializedError;
  readonly output?: JsonValue;
}

/** An error as it is stored with a result. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

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
  return { id: job.id, claimId, outcome: "successful", againMs: null, charge: true, ...(output === undefined ? {} : { output }) };
}

/** An attempt that went down with the process it ran in. As when a whole worker dies, the next attempt is made at once. */
export function settleLost(
  job: Pick<ClaimedJob, "id" | "attempt" | "retries" | "idempotent" | "uncharged">,
  claimId: string,
  error: unknown,
  maxBytes: number,
): Settlement {
  const free = job.idempotent && job.uncharged < MOST_UNCHARGED;
  const again = free || job.attempt <= job.retries;
  return { id: job.id, claimId, outcome: "lost", againMs: again ? 0 : null, charge: !free, error: serializeError(error, maxBytes) };
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
const MOST_UNCHARGED = 5;

/** A failure: the job runs again while attempts are left, unless the error has `retry: false`. */
export function settleError(
  job: Pick<ClaimedJob, "id" | "attempt" | "retries" | "idempotent" | "uncharged">,
  claimId: string,
  error: unknown,
  { delayMs, final, interrupted, maxBytes }: ErrorDecision,
): Settlement {
  const free = interrupted && job.idempotent && job.uncharged < MOST_UNCHARGED;
  const over = final || refusesRetry(error) || (!free && job.attempt > job.retries);
  return {
    id: job.id,
    claimId,
    outcome: "errored",
    againMs: over ? null : delayMs,
    charge: !free,
    error: serializeError(error, maxBytes),
  };
}

/** A job put back by its handler. Deferrals that count end it, once there are more of them than its retries allow. */
export function settleDeferral(
  job: Pick<ClaimedJob, "id" | "attempt" | "retries">,
  claimId: string,
  { delayMs, charge }: Pick<Deferral, "delayMs" | "charge">,
): Settlement {
  if (!charge || job.attempt <= job.retries) return { id: job.id, claimId, outcome: "deferred", againMs: delayMs, charge };
  const message = `The job was deferred ${job.attempt} times, and its retries allow ${job.retries}.`;
  const error = serializeError(new MayflyError("job_deferred_out", message), 1_024);
  return { id: job.id, claimId, outcome: "errored", againMs: null, charge: true, error };
}

/** A job that an operator wanted stopped. */
export function settleCancelled(job: Pick<ClaimedJob, "id">, claimId: string, error: unknown, maxBytes: number): Settlement {
  return { id: job.id, claimId, outcome: "cancelled", againMs: null, charge: true, error: serializeError(error, maxBytes) };
}

/** Name, message and stack of whatever was thrown, causes folded into the stack, within `maxBytes` of UTF-8. */
export function serializeError(thrown: unknown, maxBytes: number): SerializedError {
  try {
    return toPlain(thrown, maxBytes);
  } catch {
    return { name: "NonError", message: "Something was thrown that cannot even be read." };
  }
}

function toPlain(thrown: unknown, maxBytes: number): SerializedError {
  if (!(thrown instanceof Error)) {
    return { name: "NonError", message: cut(typeof thrown === "string" ? thrown : describe(thrown), maxBytes) };
  }
  const name = cut(String(thrown.name), 255);
  const message = cut(String(thrown.message), Math.floor(maxBytes / 2));
  const stack = cut(stackOf(thrown), maxBytes - byteLength(name) - byteLength(message));
  return { name, message, ...(stack === "" ? {} : { stack }) };
}

function refusesRetry(error: unknown): boolean {
  return typeof error === "object" && error !== null && "retry" in error && error.retry === false;
}

function describe(thrown: unknown): string {
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}

function stackOf(error: Error, depth = 0): string {
  const own = typeof error.stack === "string" ? error.stack : "";
  if (!(error.cause instanceof Error) || depth === 5) return own;
  return `${own}\nCaused by: ${stackOf(error.cause, depth + 1)}`;
}

/** The longest start of the text that fits, cut between characters. */
function cut(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(cleanText(text));
  if (bytes.length <= maxBytes) return cleanText(text);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, maxBytes)), { stream: true });
}
