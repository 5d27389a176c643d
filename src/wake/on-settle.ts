/**
 * A consumer has ended, and says what it found.
 * @module
 */
import { withLook } from "./applications.ts";
import { backOff } from "./back-off.ts";
import type { Finding, Settle } from "./ledger.ts";
import { isLane, lanesAtWork, lanesForBacklog, type Step, startLanes, startOneMore, startOwed } from "./start-lanes.ts";
import { count, earlier, type LeaseState, type LedgerSettings, type LedgerState, nextEpoch, startAt } from "./state.ts";

/** For how long fewer lanes are started once the database had no room. */
const PRESSURE_MS = 60_000;

/** What was said to be due may be so earlier, by as long as the word took. */
const DUE_MS = 2_000;

/** Gives its lease back, and learns from what it found. A lane that was owed takes its place. */
export function onSettle(state: LedgerState, settle: Settle, now: number, settings: LedgerSettings): Step {
  const step = settled(state, settle, now, settings);
  // Who could not reach the database has another look come after a pause.
  return settle.end === "refused" || settle.end === "unreachable" ? step : startOwed(step, now, settings);
}

function settled(state: LedgerState, settle: Settle, now: number, settings: LedgerSettings): Step {
  const { end } = settle;
  const lease = leaseOf(state, settle);
  const freed = lease ? without(state, settle.consumer) : state;
  if (end === "refused") {
    const lanes = Math.max(1, Math.floor(lanesAtWork(state) / 2));
    return { state: backOff({ ...freed, pressure: { lanes, until: now + PRESSURE_MS } }, now), starts: [] };
  }
  if (end === "nothing") return { state: freed, starts: [] };
  // What had come before it was written may have been looked for in vain.
  if (end === "written") return startOneMore({ ...freed, epoch: nextEpoch(state, now) }, "wake", now, settings);
  if (end === "unreachable") return { state: backOff(freed, now), starts: [] };
  const knowsAll = lease !== undefined && settle.epoch === state.epoch;
  const learned = learn(freed, end, { lease, knowsAll, now });
  if (end.left && mayGoOn(settle.consumer, end)) return goOn(learned, settle.consumer, now, settings);
  const pushed = pushBack(learned, end, { knowsAll, knowsSchedules: knowsSchedules(state, end) }, now, settings);
  // What was announced and is not known to be gone may be nobody's once nobody is at work.
  const isOrphaned = pushed.pending > 0 && Object.keys(pushed.leases).length === 0;
  return isOrphaned ? startLanes(pushed, 1, "wake", now, settings) : { state: pushed, starts: [] };
}

/** The lease of the consumer; undefined where the ledger knows only another one of its name, which was started since, or none. */
function leaseOf({ leases }: LedgerState, { consumer, epoch }: Settle): LeaseState | undefined {
  const lease = leases[consumer];
  return lease && (epoch < 0 || epoch >= lease.epoch) ? lease : undefined;
}

function without(state: LedgerState, consumer: string): LedgerState {
  const { [consumer]: _, ...leases } = state.leases;
  return { ...state, leases };
}

/** What a lane has left without having taken any, another cannot take either; what is too long for an enqueuer, a lane can. */
function mayGoOn(consumer: string, { claimed }: Finding): boolean {
  return claimed > 0 || !isLane(consumer);
}

/** Work is left: another takes the place of a lane, whoever else is at work, and where nobody knows how much it is, one more. */
function goOn(state: LedgerState, consumer: string, now: number, settings: LedgerSettings): Step {
  const went = { ...state, epoch: nextEpoch(state, now), failures: 0 };
  if (!isLane(consumer)) return startOneMore(went, "left", now, settings);
  const wanted = went.pending > 0 ? Math.max(lanesAtWork(went) + 1, lanesForBacklog(went, settings)) : lanesAtWork(went) + 2;
  return startLanes(went, wanted, "left", now, settings);
}

/** Whoever did not look at schedules, or at those of one deployment of several, does not know when the next of the others is due. */
function knowsSchedules({ applications }: LedgerState, { deployment }: Finding): boolean {
  return (
    deployment !== null && applications.every((one) => one.application === deployment.application && one.version === deployment.version)
  );
}

/** Only who has looked may push the time back, and only over what it knew of. */
function pushBack(
  state: LedgerState,
  { nextInMs, left, claimed, deployment }: Finding,
  { knowsAll, knowsSchedules }: { readonly knowsAll: boolean; readonly knowsSchedules: boolean },
  now: number,
  settings: LedgerSettings,
): LedgerState {
  const failures = claimed > 0 ? 0 : state.failures;
  // A drain after an enqueue may have left alone what is too long for it; a whole tick has seen all there is.
  const pending = deployment === null ? state.pending : 0;
  // What is due just now a look has made ready, perhaps for others: only who is started for it takes it off.
  const nextAt = knowsSchedules && (state.nextAt ?? now) - now > DUE_MS ? null : state.nextAt;
  const known = knowsAll ? { ...state, failures, nextAt, pending } : { ...state, failures };
  // It has found what is due, or work that is left, and could not take it.
  if (left || (nextInMs !== null && nextInMs <= 0)) return backOff({ ...known, nextAt: state.nextAt }, now);
  if (nextInMs === null) return { ...known, failures: 0 };
  // Others who are at work may have looked before this was due at that time.
  const epoch = Object.keys(state.leases).length > 0 ? nextEpoch(state, now) : state.epoch;
  return { ...known, epoch, nextAt: earlier(known.nextAt, startAt(nextInMs, now, settings)), failures: 0 };
}

function learn(
  state: LedgerState,
  { nextInMs, claimed, busyMs, slots, deployment }: Finding,
  { lease, knowsAll, now }: { readonly lease: LeaseState | undefined; readonly knowsAll: boolean; readonly now: number },
): LedgerState {
  // With fewer jobs than slots the time tells how long one job took, not how fast they go.
  const seenMs = busyMs !== null && claimed > slots ? (busyMs * slots) / claimed : null;
  const isUnannounced = claimed > state.pending && knowsAll && (lease?.cause === "safety" || lease?.cause === "unannounced");
  const counts = claimed === 0 ? count(state.counts, "idle") : state.counts;
  const wakes = knowsAll ? state.counts.wakes : null;
  const looked = deployment ? withLook(state, { ...deployment, dueAt: nextInMs === null ? null : now + nextInMs, wakes }) : state;
  return {
    ...looked,
    pending: Math.max(0, state.pending - claimed),
    lookedAt: now,
    jobMs: seenMs === null ? state.jobMs : 0.7 * state.jobMs + 0.3 * Math.max(1, seenMs),
    unannouncedAt: isUnannounced ? now : state.unannouncedAt,
    counts: isUnannounced ? count(counts, "unannounced", claimed - state.pending) : counts,
  };
}
