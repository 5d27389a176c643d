/**
 * The pause after a look that failed, or that found what is due and could not take it.
 * @module
 */
import { earlier, type LedgerState } from "./state.ts";

const FIRST_MS = 1_000;
const MOST_MS = 60_000;

/** The next look comes after a pause, which doubles with each such look in a row. What was due before is part of what it could not take. */
export function backOff(state: LedgerState, now: number): LedgerState {
  const failures = state.failures + 1;
  const waitMs = Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1));
  const later = state.nextAt !== null && state.nextAt > now ? state.nextAt : null;
  return { ...state, failures, nextAt: earlier(later, now + waitMs) };
}
