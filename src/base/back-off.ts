/**
 * Waiting longer after each failure in a row.
 * @module
 */
import type { Clock } from "./clock.ts";

export interface BackOffOptions {
  /** The first wait, in milliseconds. Each further one is twice as long as the one before. */
  readonly first: number;
  /** No wait is longer. */
  readonly max: number;
}

export interface BackOff {
  /** The length of the next wait, in milliseconds, for callers that wait in their own way. */
  next(): number;
  /** Waits for that long, or until the signal aborts. */
  wait(signal?: AbortSignal): Promise<void>;
  /** After a success: the next wait is the first one again. */
  reset(): void;
}

/** Waits of `first`, 2 `first`, 4 `first`, ... milliseconds, up to `max`. */
export function backOff(clock: Pick<Clock, "sleep">, { first, max }: BackOffOptions): BackOff {
  let ms = first;
  const next = () => {
    const now = Math.min(ms, max);
    ms = 2 * now;
    return now;
  };
  return {
    next,
    wait: (signal) => clock.sleep(next(), signal),
    reset() {
      ms = first;
    },
  };
}
