/**
 * How a worker without an end waits for work.
 * @module
 */
import type { Bell } from "./bell.ts";
import type { TurnCounts } from "./turns.ts";

export interface Vigil {
  /** Rung when there may be something to claim, and when the budget has been given its end. */
  readonly bell: Bell;
  /** Milliseconds until the next turn, unless the bell rings: after so many turns in a row that claimed nothing. */
  pollMs(quiet: number): number;
  /** Whether word of a new job would ring the bell: then the database is asked to give it. */
  listening(): boolean;
  /** Told after every turn. */
  onTurn(sofar: TurnCounts, running: number): void;
}
