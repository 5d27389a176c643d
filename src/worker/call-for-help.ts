/**
 * While its jobs run on, a worker tells of work that it will not take: it has been full for a second, or claims no more.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** What is left of the queue where a worker ends, or takes no more. */
export interface WorkLeft {
  /** Milliseconds until something is due; null: nothing is, as far as the worker knows. */
  readonly nextInMs: number | null;
  /** There was, or may have been, work that it could have claimed. */
  readonly left: boolean;
}

/** How a worker stands after a turn. */
export interface Standing extends WorkLeft {
  /** Jobs run. */
  readonly isBusy: boolean;
  /** The turn took all that it asked for, and no slot is free. */
  readonly isFull: boolean;
  readonly mayClaim: boolean;
}

/** A worker that is full for less takes the next jobs itself. */
const FULL_MS = 1_000;

export class CallForHelp {
  readonly #clock: Clock;
  readonly #tell: (work: WorkLeft) => void;
  /** Since it became full. */
  #forget: (() => void) | undefined;
  #hasEnded = false;

  constructor(clock: Clock, tell: (work: WorkLeft) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** To be called after every turn. */
  turned({ isBusy, isFull, mayClaim, left, nextInMs }: Standing): void {
    if (!isFull) this.stop();
    if (!isBusy || this.#hasEnded) return;
    if (!mayClaim) {
      this.#hasEnded = true;
      this.#tell({ left, nextInMs });
    } else if (isFull) {
      this.#forget ??= this.#clock.after(FULL_MS, () => this.#tell({ left: true, nextInMs: 0 }));
    }
  }

  stop(): void {
    this.#forget?.();
    this.#forget = undefined;
  }
}
