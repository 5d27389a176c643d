/**
 * The clock of the machine.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** A longer timer fires at once. Nobody minds to be woken after 24 days for nothing. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const after: Clock["after"] = (ms, call) => {
  const timer = setTimeout(call, Math.min(ms, LONGEST_TIMER_MS));
  return () => clearTimeout(timer);
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after,
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = after(ms, wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  },
};
