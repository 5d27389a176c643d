/**
 * One drain an isolate. Whoever puts jobs in while one is under way says so and goes home: the drain looks once more before it ends.
 * Nobody awaits it, since a Worker must not await what another request has begun.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { DrainResult } from "../worker/drain.ts";
import { addCounts, noCounts } from "../worker/turn-counts.ts";

export class IsolateDrain {
  readonly #clock: Clock;
  /** A drain is under way until then at the latest: its isolate may be frozen in the middle of it. */
  #until = Number.NEGATIVE_INFINITY;
  /** Jobs were put in since it last began to look. */
  #isDirty = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isUnderWay(): boolean {
    return this.#clock.now() < this.#until;
  }

  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** From here on a drain is under way, for so long at most: the caller runs it, or ends it. */
  begin(forMs: number): void {
    this.#until = this.#clock.now() + forMs;
    this.#isDirty = false;
  }

  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
  }

  /** Has the drain that is under way look once more. */
  markDirty(): void {
    this.#isDirty = true;
  }

  /** Runs the drain, again and again while jobs are put in, for `claimForMs` in all; then none is under way. */
  async run(drain: (claimForMs: number) => Promise<DrainResult>, claimForMs: number): Promise<DrainResult> {
    const endAt = this.#clock.now() + claimForMs;
    const counts = noCounts();
    try {
      for (;;) {
        this.#isDirty = false;
        const result = await drain(Math.max(0, endAt - this.#clock.now()));
        addCounts(counts, result);
        if (this.#isDirty && !result.left && this.#clock.now() < endAt) continue;
        return { ...result, ...counts, left: result.left || this.#isDirty };
      }
    } finally {
      this.end();
    }
  }
}
