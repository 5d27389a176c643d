/**
 * The clock of the machine.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** A longer timer fires at once. Nobody minds to be woken after 24 days for nothing. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A timer that is so late did not go off in time because the whole process stood still. */
const LATE_MS = 1_000;
/** Then what has come in meanwhile, such as the end of a job whose time-out this is, is read first. */
const READ_MS = 100;

const after: Clock["after"] = (ms, call) => {
  const waitMs = Math.min(ms, LONGEST_TIMER_MS);
  const startedAt = performance.now();
  let timer = setTimeout(() => {
    if (performance.now() - startedAt < waitMs + LATE_MS) call();
    else timer = setTimeout(call, READ_MS);
  }, waitMs);
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
