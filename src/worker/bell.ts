/**
 * What wakes a worker that waits.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** Something to wait for until it is rung. A ring that nobody waits for is remembered until the bell is muted. */
export class Bell {
  #next = Promise.withResolvers<void>();

  ring(): void {
    this.#next.resolve();
  }

  /** Forgets the rings so far. */
  mute(): void {
    this.#next = Promise.withResolvers();
  }

  /** Resolves with the first ring since the last mute. */
  get rung(): Promise<void> {
    return this.#next.promise;
  }

  /** Waits for that ring, at most so many milliseconds. */
  async untilRung(clock: Clock, ms: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const forget = clock.after(ms, over.resolve);
    await Promise.race([over.promise, this.rung]);
    forget();
  }
}
