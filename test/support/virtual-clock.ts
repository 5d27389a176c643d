/**
 * Time that stands still until a test moves it.
 * @module
 */
import type { Clock } from "../../src/base/clock.ts";

interface Sleeper {
  readonly until: number;
  readonly ms: number;
  wake(): void;
}

export interface VirtualClock extends Clock {
  /** Lets time pass; wakes whoever slept until then, in order. */
  advance(ms: number): void;
  /** Resolves once somebody sleeps for exactly so long. */
  sleeperOf(ms: number): Promise<void>;
  /** Resolves once anybody sleeps. */
  sleeping(): Promise<void>;
  /** How many sleep, timers included. */
  readonly sleepers: number;
}

export function virtualClock(start = Date.parse("2026-01-01T00:00:00Z")): VirtualClock {
  let now = start;
  const sleepers = new Set<Sleeper>();
  const watchers = new Set<() => void>();

  function watchFor(wanted: (sleeper: Sleeper) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = () => {
        if (![...sleepers].some(wanted)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
    });
  }

  return {
    now: () => now,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper: Sleeper = {
          until: now + ms,
          ms,
          wake() {
            sleepers.delete(sleeper);
            signal?.removeEventListener("abort", sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", sleeper.wake, { once: true });
        for (const watch of [...watchers]) watch();
      });
    },
    after(ms, call) {
      const sleeper: Sleeper = {
        until: now + ms,
        ms,
        wake() {
          sleepers.delete(sleeper);
          call();
        },
      };
      sleepers.add(sleeper);
      for (const watch of [...watchers]) watch();
      return () => void sleepers.delete(sleeper);
    },
    advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers].sort((a, b) => a.until - b.until)) if (sleeper.until <= now) sleeper.wake();
    },
    sleeperOf: (ms) => watchFor((sleeper) => sleeper.ms === ms),
    sleeping: () => watchFor(() => true),
    get sleepers() {
      return sleepers.size;
    },
  };
}
