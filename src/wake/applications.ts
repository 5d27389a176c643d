/**
 * The applications that share a ledger. Each has schedules of its own, which only its own consumers fire.
 * @module
 */
import type { Deployment } from "./ledger.ts";
import type { LedgerState } from "./state.ts";

/** What a ledger knows of an application that has looked. */
export interface ApplicationState extends Deployment {
  /** When something was due next, as it found; null: nothing was. */
  readonly dueAt: number | null;
  /** Wakes that it knew of when it looked; null: some came meanwhile. */
  readonly wakes: number | null;
}

/** So many are remembered: of more, the one that looked longest ago is forgotten, and looks again. */
const MOST = 16;

/** The state once an application has looked. */
export function withLook(state: LedgerState, look: ApplicationState): LedgerState {
  const others = state.applications.filter(({ application }) => application !== look.application);
  return { ...state, applications: [...others, look].slice(-MOST) };
}

/**
 * Whether there may be something that only this application's consumers do. Alone on a ledger it is told by an alarm. Of several, the lanes are one's, and
 * what another found may be pushed back: each looks itself once what it found is due, and after a wake.
 */
export function isAhead({ applications, counts }: LedgerState, { dueAt, wakes }: ApplicationState, now: number): boolean {
  return applications.length > 1 && (wakes !== counts.wakes || (dueAt !== null && dueAt <= now));
}
