/**
 * What the queue itself asks of its database.
 * @module
 */

/** Calls, added up. */
export interface Usage {
  readonly roundTrips: number;
  /** Jobs claimed. */
  readonly jobs: number;
  /** Of parameters and rows, as text. */
  readonly bytes: number;
  /** Milliseconds that callers waited for answers. */
  readonly ms: number;
}

/** The last 24 hours of all workers. */
export interface DayUsage extends Usage {
  /**
   * Milliseconds for which the queue kept a database awake that sleeps after five minutes without a question, Neon's default; to the
   * minute. What others ask of it is not counted.
   */
  readonly awakeMs: number;
}

/** Neon's: https://neon.com/docs/introduction/scale-to-zero */
export const SUSPEND_MS = 5 * 60_000;
