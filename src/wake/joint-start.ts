/**
 * Enqueues that meet in one program have consumers started together.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** A start that takes longer has been frozen with its program: others do not rely on it. */
const LONGEST_MS = 10_000;

/** Starts consumers for jobs that were put in: while one start is on its way, whoever puts more in goes home, and one more start is for all of them. */
export class JointStart {
  readonly #clock: Clock;
  readonly #start: (jobs: number) => Promise<void>;
  /** Jobs that no start is for. */
  #waiting = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** @param start starts consumers for so many jobs */
  constructor(clock: Clock, start: (jobs: number) => Promise<void>) {
    this.#clock = clock;
    this.#start = start;
  }

  /**
   * Resolves once consumers are started for them, or while somebody else sees to that.
   * @throws what the start throws; jobs that came meanwhile are part of the next one
   */
  async add(jobs: number): Promise<void> {
    this.#waiting += jobs;
    if (this.#clock.now() < this.#until) return;
    try {
      while (this.#waiting > 0) {
        this.#until = this.#clock.now() + LONGEST_MS;
        const all = this.#waiting;
        this.#waiting = 0;
        await this.#start(all);
      }
    } finally {
      this.#until = Number.NEGATIVE_INFINITY;
    }
  }
}
