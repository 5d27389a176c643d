/**
 * How a worker without an end waits for work.
 * @module
 */
import type { WorkLeft } from "./call-for-help.ts";
import type { TurnCounts } from "./turn-counts.ts";
import type { WakeSignal } from "./wake-signal.ts";

export interface PollStrategy {
  /** Woken when there may be something to claim, and when the budget has been given its end. */
  readonly wakeSignal: WakeSignal;
  /** Milliseconds until the next turn, unless the worker is woken: after so many turns in a row that claimed nothing. */
  pollMs(quietTurns: number): number;
  /** Nothing has happened for so long that the database is to be left alone: the worker signs off, and waits for what is due, or to be woken. */
  resting(): boolean;
  /** Whether a notification of a new job would wake the worker: then the database is asked to send notifications. */
  listening(): boolean;
  /** Called after every turn. */
  onTurn(counts: TurnCounts, running: number): void;
  /** Called once the worker has signed off to rest, with what it knows then. */
  onRest?(work: WorkLeft): void;
}
