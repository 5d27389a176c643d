/**
 * Leniency after the database was away: who was not answered cannot tell the dead from others that were not answered either.
 * @module
 */
import type { Clock } from "../base/clock.ts";

export interface Grace {
  /** Milliseconds for which others may have been silent, beyond the heartbeat's time-out, and not be dead. */
  ms(): number;
  answered(): void;
  failed(): void;
}

/** As long as the database was away; for the heartbeat's time-out after it is back, in which others come back too. */
export function createGrace(clock: Clock, timeoutMs: number): Grace {
  let answeredAt = clock.now();
  let isAway = false;
  let awayMs = 0;
  let backAt = Number.NEGATIVE_INFINITY;
  return {
    ms() {
      if (isAway) return clock.now() - answeredAt;
      return clock.now() - backAt < timeoutMs ? awayMs : 0;
    },
    answered() {
      if (isAway) {
        awayMs = clock.now() - answeredAt;
        backAt = clock.now();
      }
      isAway = false;
      answeredAt = clock.now();
    },
    failed() {
      isAway = true;
    },
  };
}
