/**
 * A consumer has ended, and says what it found.
 * @module
 */
import type { Finding, Settle } from "./ledger.ts";
import { startForWake } from "./on-wake.ts";
import { lanesAtWork, lanesForBacklog, type Step, startLanes } from "./start-lanes.ts";
import { count, earlier, type LeaseState, type LedgerSettings, type LedgerState } from "./state.ts";

/** For how long fewer lanes are started once the database had no room. */
const PRESSURE_MS = 60_000;
/** Between looks that fail, or find what is due and cannot take it. */
const BACK_OFF_MS = { first: 1_000, max: 60_000 };

/** Gives its lease back, and learns from what it found. */
export function onSettle(state: LedgerState, { consumer, epoch, end }: Settle, now: number, settings: LedgerSettings): Step {
  const { [consumer]: lease, ...leases } = state.leases;
  const freed = { ...state, leases };
  if (end === "refused") {
    const lanes = Math.max(1, Math.floor(lanesAtWork(state) / 2));
    return { state: backOff({ ...freed, pressure: { lanes, until: now + PRESSURE_MS } }, now), starts: [] };
  }
  if (end === "nothing") return { state: freed, starts: [] };
  // What had come before it was written may have been looked for in vain.
  if (end === "written") return startForWake({ ...freed, epoch: state.epoch + 1 }, lanesForBacklog(freed, settings), now, settings);
  if (end === "unreachable") return { state: backOff(freed, now), starts: [] };
  const learned = learn(freed, end, { lease, epoch, now });
  if (end.left) return goOn(learned, end, now, settings);
  const pushed = pushBack(learned, end, epoch, now);
  // Jobs that were announced meanwhile may be nobody's: whoever announced them has looked before others did.
  const isOrphaned = pushed.pending > 0 && Object.keys(leases).length === 0;
  return isOrphaned ? startLanes(pushed, 1, "wake", now, settings) : { state: pushed, starts: [] };
}

/** Work is left: somebody goes on, and where nobody knows how much it is, one more than before. */
function goOn(state: LedgerState, { claimed }: Finding, now: number, settings: LedgerSettings): Step {
  const pending = Math.max(0, state.pending - claimed);
  const went = { ...state, epoch: state.epoch + 1, pending };
  const wanted = pending > 0 ? Math.max(1, lanesForBacklog(went, settings)) : lanesAtWork(went) + 2;
  return startLanes(went, wanted, "left", now, settings);
}

/** Only who has looked may push the time back, and only over what it knew of. */
function pushBack(state: LedgerState, { nextInMs }: Finding, epoch: number, now: number): LedgerState {
  const found = nextInMs === null ? null : now + nextInMs;
  if (found !== null && found <= now) return backOff({ ...state, nextAt: epoch === state.epoch ? null : state.nextAt }, now);
  const holds = state.holds.filter(({ until }) => until > now);
  const held = holds.reduce<number | null>((least, { at }) => (at > now ? earlier(least, at) : least), null);
  if (epoch !== state.epoch) return { ...state, holds, nextAt: earlier(state.nextAt, found), failures: 0 };
  return { ...state, holds, nextAt: earlier(found, held), pending: 0, failures: 0 };
}

function learn(
  state: LedgerState,
  { claimed, busyMs, slots, deployment }: Finding,
  { lease, epoch, now }: { readonly lease: LeaseState | undefined; readonly epoch: number; readonly now: number },
): LedgerState {
  // With fewer jobs than slots the time tells how long one job took, not how fast they go.
  const seenMs = claimed > slots ? (busyMs * slots) / claimed : null;
  const isUnannounced = claimed > 0 && epoch === state.epoch && (lease?.cause === "safety" || lease?.cause === "unannounced");
  const counts = claimed === 0 ? count(state.counts, "idle") : state.counts;
  return {
    ...state,
    lookedAt: now,
    jobMs: seenMs === null ? state.jobMs : 0.7 * state.jobMs + 0.3 * Math.max(1, seenMs),
    deployment: deployment ?? state.deployment,
    unannouncedAt: isUnannounced ? now : state.unannouncedAt,
    counts: isUnannounced ? count(counts, "unannounced", claimed) : counts,
  };
}

function backOff(state: LedgerState, now: number): LedgerState {
  const failures = state.failures + 1;
  const waitMs = Math.min(BACK_OFF_MS.max, BACK_OFF_MS.first * 2 ** (failures - 1));
  // What was due before is part of what could not be taken.
  const later = state.nextAt !== null && state.nextAt > now ? state.nextAt : null;
  return { ...state, failures, nextAt: earlier(later, now + waitMs) };
}
