/**
 * Giving a call up: when its caller does, or when its time is over.
 * @module
 */
import type { CallOptions } from "./driver.ts";
import { DriverError } from "./errors.ts";

/** A call to the database that has not answered by now is not waited for. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs a call with a signal that aborts when the caller's does or the time is over. The call's own failure after that
 * is told as what it is: nobody waited for the answer.
 * @throws DriverError `before` when the caller's signal has aborted already, so that nothing is sent
 */
export async function withTimeLimit<T>(
  { signal, timeoutMs }: CallOptions,
  defaultMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new DriverError("before", "The call was given up before it was sent.");
  const limitMs = timeoutMs ?? defaultMs;
  const limit = new AbortController();
  const giveUp = () => limit.abort(new DriverError("unknown", "The call was given up; the statement may have run."));
  const timer = setTimeout(() => {
    limit.abort(new DriverError("unknown", `The database gave no answer within ${limitMs} ms; the statement may have run.`));
  }, limitMs);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await call(limit.signal);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

/** The promise, unless the signal aborts first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
