/**
 * The reports that turns bring when they are asked with presence, which most turns of a busy worker are not: when the next one is due, and what the last one said.
 * @module
 */
import type { TurnReport } from "../store/turn.ts";

/** A busy worker looks around this often. */
const EVERY_MS = 100;

export class Reports {
  #askedAt = Number.NEGATIVE_INFINITY;
  #paused: ReadonlySet<string> = new Set();
  /** When the next scheduled job is due, by this worker's clock. */
  #nextDueAt = Number.POSITIVE_INFINITY;

  /** Whether a turn asked for now is to bring one. */
  isDue(now: number): boolean {
    return now - this.#askedAt >= EVERY_MS;
  }

  /** Keeps the report of a turn that was asked for and answered then. */
  keep({ paused, nextDueMs }: TurnReport, askedAt: number, answeredAt: number): void {
    this.#askedAt = askedAt;
    this.#paused = new Set(paused);
    this.#nextDueAt = nextDueMs === null ? Number.POSITIVE_INFINITY : answeredAt + nextDueMs;
  }

  /** Those of the queues that the last report did not call paused. */
  unpaused(queues: readonly string[]): readonly string[] {
    return this.#paused.size === 0 ? queues : queues.filter((queue) => !this.#paused.has(queue));
  }

  /** Milliseconds until the next scheduled job is due; negative: overdue; Infinity: none is scheduled. */
  nextDueMs(now: number): number {
    return this.#nextDueAt - now;
  }
}
