/**
 * Grace after an outage: while the database was away, other workers could not send heartbeats either, so their silence does not say that they are dead.
 * @module
 */
import type { Clock } from "../base/clock.ts";

export interface OutageGrace {
  /** Milliseconds that other workers may have been silent, beyond the heartbeat's time-out, without being dead. */
  ms(): number;
  answered(): void;
  failed(): void;
}

/** As long as the outage was; granted for one heartbeat time-out after its end, in which other workers come back. */
export function outageGrace(clock: Pick<Clock, "now">, timeoutMs: number): OutageGrace {
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
