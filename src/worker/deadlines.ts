/**
 * Time limits of many attempts by one timer: a timer for each would cost more than a short job does.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** Something with a time limit. */
export interface Limited {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** It has ended, and its deadline no longer matters. */
  readonly isOver: boolean;
  /** Its deadline has passed. */
  expire(): void;
}

export class Deadlines {
  readonly #clock: Pick<Clock, "now" | "after">;
  readonly #limited: ReadonlySet<Limited>;
  /** When the timer goes off. */
  #nextAt = Number.POSITIVE_INFINITY;
  #cancelTimer = () => {};

  /** Watches over what is in the set. */
  constructor(clock: Pick<Clock, "now" | "after">, limited: ReadonlySet<Limited>) {
    this.#clock = clock;
    this.#limited = limited;
  }

  /** Sets the timer where this deadline is the earliest. An earlier one whose attempt is over only makes the timer go off in vain. */
  add(deadline: number): void {
    if (deadline >= this.#nextAt) return;
    this.#cancelTimer();
    this.#nextAt = deadline;
    this.#cancelTimer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () => this.#check());
  }

  /** Stops the timer. */
  clear(): void {
    this.#cancelTimer();
    this.#nextAt = Number.POSITIVE_INFINITY;
  }

  #check(): void {
    this.#nextAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (const limited of this.#limited) {
      if (limited.isOver) continue;
      if (limited.deadline <= now) limited.expire();
      else this.add(limited.deadline);
    }
  }
}
