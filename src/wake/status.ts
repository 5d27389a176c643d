/**
 * What a ledger shows of itself.
 * @module
 */
import type { Ledger } from "./ledger.ts";
import { isLane } from "./start-lanes.ts";
import type { LedgerCounts, LedgerState } from "./state.ts";

export interface LedgerStatus {
  /** Consumers that it started and that are at work. */
  readonly lanes: number;
  /** Others at work: drains after an enqueue, crons, writers. */
  readonly others: number;
  /** Milliseconds until it starts somebody, as far as it knows; negative: overdue; null: nothing is due. */
  readonly nextInMs: number | null;
  /** Announced jobs that are not known to be gone. */
  readonly pending: number;
  /** Looks in a row that failed, or found what is due and could not take it. */
  readonly failures: number;
  /** The database has no room for more connections, so fewer lanes are started. */
  readonly isUnderPressure: boolean;
  /** Since it was made. */
  readonly counts: LedgerCounts;
}

/** A ledger that can be asked how it stands. */
export interface LedgerRpc extends Ledger {
  /** For operators. */
  status(): Promise<LedgerStatus>;
}

/** A ledger's status now, by its own clock. */
export function statusOf(state: LedgerState, now: number): LedgerStatus {
  const consumers = Object.keys(state.leases);
  const lanes = consumers.filter(isLane).length;
  return {
    lanes,
    others: consumers.length - lanes,
    nextInMs: state.nextAt === null ? null : state.nextAt - now,
    pending: state.pending,
    failures: state.failures,
    isUnderPressure: state.pressure !== null && now < state.pressure.until,
    counts: state.counts,
  };
}
