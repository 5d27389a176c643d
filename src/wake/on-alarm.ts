/**
 * The time has come that the ledger asked to be called at.
 * @module
 */
import { begin, causeToLook } from "./look.ts";
import { lanesAtWork, lanesForBacklog, type Step, startLanes } from "./start-lanes.ts";
import type { LedgerSettings, LedgerState } from "./state.ts";

/** Starts a lane for what is due, however many are at work: they see it only once a job of theirs has ended. An alarm too early, twice or late does no harm. */
export function onAlarm(state: LedgerState, now: number, settings: LedgerSettings): Step {
  const cause = causeToLook(state, now, settings);
  if (!cause) return { state, starts: [] };
  const begun = begin(state, now, settings);
  return startLanes(begun, Math.max(lanesForBacklog(begun, settings), lanesAtWork(begun) + 1), cause, now, settings);
}
