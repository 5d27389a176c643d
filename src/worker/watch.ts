/**
 * Code of a user's own, under a time limit: it is told to stop, and nobody waits for it once its time is up.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/durations.ts";
import { MayflyError } from "../base/errors.ts";

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
  clock: Pick<Clock, "after">,
  { name, timeoutMs }: { readonly name: string; readonly timeoutMs: number },
  call: (signal: AbortSignal) => Promise<T>,
): Watched<T> {
  const controller = new AbortController();
  const ended = Promise.withResolvers<End<T>>();
  const abort = (reason: MayflyError) => {
    ended.resolve({ ok: false, error: reason });
    controller.abort(reason);
  };
  const stopWatching = clock.after(timeoutMs, () => {
    abort(new MayflyError("job_timed_out", `${name} ran longer than its time-out of ${formatDuration(timeoutMs)}.`));
  });
  const returned = call(controller.signal).then(
    (output) => {
      stopWatching();
      ended.resolve({ ok: true, output });
    },
    (error: unknown) => {
      stopWatching();
      ended.resolve({ ok: false, error });
    },
  );
  return { ended: ended.promise, returned, abort };
}
