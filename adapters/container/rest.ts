/**
 * When a worker rests: so long after it last had something to do that the database is to be left alone.
 * @module
 */
import type { Clock } from "../../src/base/clock.ts";

export class Rest {
  readonly #clock: Clock;
  readonly #afterMs: number;
  #claimed = 0;
  #activeAt: number;

  /** `afterMs`: Infinity: never. */
  constructor(clock: Clock, afterMs: number) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#activeAt = clock.now();
  }

  get isResting(): boolean {
    return this.#clock.now() - this.#activeAt >= this.#afterMs;
  }

  /** To be called after every turn. `claimed`: jobs that this worker has claimed so far; `running`: jobs that it runs now. */
  turned(claimed: number, running: number): void {
    if (claimed === this.#claimed && running === 0) return;
    this.#claimed = claimed;
    this.#activeAt = this.#clock.now();
  }
}
