/**
 * The time has come that the ledger asked to be called at.
 * @module
 */
import type { Cause } from "./ledger.ts";
import { type Step, startLanes } from "./start-lanes.ts";
import { count, earlier, type LedgerSettings, type LedgerState } from "./state.ts";

/** Starts a lane for what is due. An alarm that comes too early, twice or late does no harm. */
export function onAlarm(state: LedgerState, now: number, settings: LedgerSettings): Step {
  const cause = causeToLook(state, now, settings);
  if (!cause) return { state, starts: [] };
  return startLanes(begin(state, cause, now, settings), 1, cause, now, settings);
}

/** Why somebody has to look now; null: nobody has to. */
export function causeToLook(state: LedgerState, now: number, { safetyMs }: LedgerSettings): Cause | null {
  if (overdue(state, now).length > 0) return "lost";
  if (state.nextAt !== null && state.nextAt <= now) return "due";
  // A clock that was set back must not keep everybody from looking.
  if (state.lookedAt === null || Math.abs(now - state.lookedAt) >= safetyMs) return "safety";
  return null;
}

/** The state once somebody looks: from here on only what comes later is ahead of it. */
export function begin(state: LedgerState, cause: Cause, now: number, { heartbeatTimeoutMs }: LedgerSettings): LedgerState {
  const lost = overdue(state, now);
  const leases = Object.fromEntries(Object.entries(state.leases).filter(([consumer]) => !lost.includes(consumer)));
  const nextAt = state.nextAt !== null && state.nextAt <= now ? null : state.nextAt;
  // The jobs that a dead consumer ran can be rescued only once its heartbeat is too old.
  const rescueAt = now + heartbeatTimeoutMs;
  return {
    ...state,
    epoch: state.epoch + 1,
    leases,
    nextAt: lost.length > 0 ? earlier(nextAt, rescueAt) : nextAt,
    holds: lost.length > 0 ? [...state.holds, { at: rescueAt, until: rescueAt }] : state.holds,
    lookedAt: cause === "safety" ? now : state.lookedAt,
    counts: lost.length > 0 ? count(state.counts, "lost", lost.length) : state.counts,
  };
}

function overdue({ leases }: LedgerState, now: number): string[] {
  return Object.keys(leases).filter((consumer) => (leases[consumer]?.until ?? 0) <= now);
}
