/**
 * Code of a user's own, under a time limit: it is told to stop, and nobody waits for it once its time is up.
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { formatDuration } from "../core/durations.ts";
import { MayflyError } from "../core/errors.ts";

/** How it came to its end. */
export type End<T> = { readonly ok: true; readonly output: T } | { readonly ok: false; readonly error: unknown };

export interface Watched<T> {
  /** When it returned, threw, or was aborted, whichever came first. Never rejects. */
  readonly ended: Promise<End<T>>;
  /** When it returned or threw. Never rejects. */
  readonly returned: Promise<void>;
  abort(reason: MayflyError): void;
}

/** Calls it now, with a signal that aborts at its time-out. */
export function watch<T>(
  clock: Clock,
  { name, timeoutMs }: { readonly name: string; readonly timeoutMs: number },
  call: (signal: AbortSignal) => Promise<T>,
): Watched<T> {
  const abort = new AbortController();
  const timer = new AbortController();
  void clock.sleep(timeoutMs, timer.signal).then(() => {
    if (timer.signal.aborted) return;
    abort.abort(new MayflyError("job_timed_out", `${name} ran longer than its time-out of ${formatDuration(timeoutMs)}.`));
  });
  const called = call(abort.signal).then(
    (output): End<T> => ({ ok: true, output }),
    (error: unknown): End<T> => ({ ok: false, error }),
  );
  const aborted = new Promise<End<T>>((resolve) => {
    abort.signal.addEventListener("abort", () => resolve({ ok: false, error: abort.signal.reason }), { once: true });
  });
  return {
    ended: Promise.race([called, aborted]),
    returned: called.then(() => timer.abort()),
    abort: (reason) => abort.abort(reason),
  };
}
