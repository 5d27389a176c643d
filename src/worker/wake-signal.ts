/**
 * What wakes a worker that waits.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** Wakes whoever waits. A wake that nobody waits for is remembered until the signal is reset. */
export class WakeSignal {
  #next = Promise.withResolvers<void>();
  #isWoken = false;

  wake(): void {
    this.#isWoken = true;
    this.#next.resolve();
  }

  /** Forgets the wakes so far. */
  reset(): void {
    if (!this.#isWoken) return;
    this.#isWoken = false;
    this.#next = Promise.withResolvers();
  }

  /** Whether there was a wake since the last reset. */
  get isWoken(): boolean {
    return this.#isWoken;
  }

  /** Resolves with the first wake after the last reset. */
  get woken(): Promise<void> {
    return this.#next.promise;
  }

  /** Waits for that wake, at most so many milliseconds. */
  async wait(clock: Clock, ms: number): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const forget = clock.after(ms, timeout.resolve);
    await Promise.race([timeout.promise, this.woken]);
    forget();
  }
}
