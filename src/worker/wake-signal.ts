/**
 * What wakes a worker that waits.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** Wakes whoever waits. A wake that nobody waits for is remembered until the signal is reset. */
export class WakeSignal {
  #next = Promise.withResolvers<void>();
  #readyFrom = Number.POSITIVE_INFINITY;

  /** `readyFrom`: what there may be became ready no earlier, in milliseconds since 1970 by the database's clock. Default: at any time. */
  wake(readyFrom = Number.NEGATIVE_INFINITY): void {
    this.#readyFrom = Math.min(this.#readyFrom, readyFrom);
    this.#next.resolve();
  }

  /** Forgets the wakes so far. */
  reset(): void {
    if (!this.isWoken) return;
    this.#readyFrom = Number.POSITIVE_INFINITY;
    this.#next = Promise.withResolvers();
  }

  /** Whether there was a wake since the last reset. */
  get isWoken(): boolean {
    return this.#readyFrom < Number.POSITIVE_INFINITY;
  }

  /** The earliest `readyFrom` of the wakes since the last reset; Infinity: there was none. */
  get readyFrom(): number {
    return this.#readyFrom;
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
