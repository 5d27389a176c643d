/**
 * The pause after a look that failed, or that found what is due and could not take it.
 * @module
 */
import { earlier, type LedgerState } from "./state.ts";

const FIRST_MS = 1_000;
const MOST_MS = 60_000;

/**
 * The next look comes after a pause, which doubles with each such look in a row: those that fail while one is waited for were under way together, and count once.
 * What was due before is part of what it could not take.
 */
export function backOff(state: LedgerState, now: number): LedgerState {
  const later = state.nextAt !== null && state.nextAt > now ? state.nextAt : null;
  if (state.failures > 0 && later !== null && later <= now + pauseAfter(state.failures)) return state;
  const failures = state.failures + 1;
  return { ...state, failures, nextAt: earlier(later, now + pauseAfter(failures)) };
}

function pauseAfter(failures: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1));
}
