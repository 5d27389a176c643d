/**
 * The marks that a worker's turns answered, and how long they are relied on.
 * @module
 */
import type { Watermarks } from "../store/turn.ts";

/** Watermarks may hide a job that came late: for so long, unless looking without them is slow. */
const LAST_MS = { least: 4_000, most: 15_000 };
/** Looks without marks take at most this share of the time: behind dead rows each holds up whatever is ready meanwhile, and one wait in a hundred shall not be such a one. */
const LOOKS_SHARE = 1 / 200;

export class KeptMarks {
  #marks: Watermarks | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #lastMs = LAST_MS.least;
  /** How long a turn took that had marks. None has yet: then nothing is known of what a look costs beyond it. */
  #usualMs = Number.POSITIVE_INFINITY;
  /** Turns asked for before this moment do not know of something that the kept marks know of. */
  #since = Number.NEGATIVE_INFINITY;

  /** For a turn asked for now; null: it has to look at everything. */
  at(now: number): Watermarks | null {
    if (now - this.#lookedAt >= this.#lastMs) this.#marks = null;
    if (this.#marks === null) {
      this.#lookedAt = now;
      this.#since = now;
    }
    return this.#marks;
  }

  /** After a turn: what it answered; whether it left something that it could not claim, which another's marks might hide; how it was asked for. */
  keep(
    answered: { readonly watermarks: Watermarks; readonly busy: boolean },
    asked: { readonly marks: Watermarks | null; at: number; tookMs: number },
  ): void {
    if (asked.at < this.#since) return;
    if (answered.busy) this.#since = asked.at + asked.tookMs;
    if (asked.marks !== null) this.#usualMs = asked.tookMs;
    else this.#lastMs = Math.min(Math.max((asked.tookMs - this.#usualMs) / LOOKS_SHARE, LAST_MS.least), LAST_MS.most);
    this.#marks = answered.watermarks;
  }
}
