/**
 * How many lanes are wanted, and who is started.
 * @module
 */
import type { Cause, LaneStart } from "./ledger.ts";
import { count, earlier, type LedgerSettings, type LedgerState } from "./state.ts";

/** A ledger's state, and the lanes that are to be started, or the callees that are to be called. */
export interface Step {
  readonly state: LedgerState;
  readonly starts: readonly LaneStart[];
}

/** Between two lanes that are started because one more may be needed. */
const SPACING_MS = 1_000;

/** As many lanes as the announced jobs fill for `targetMs`. */
export function lanesForBacklog({ pending, jobMs }: LedgerState, { slots, targetMs }: LedgerSettings): number {
  return Math.floor((pending * jobMs) / slots / targetMs);
}

/** Lanes at work. */
export function lanesAtWork({ leases }: LedgerState): number {
  return Object.keys(leases).filter(isLane).length;
}

/**
 * Starts one more lane than are at work, or as many as the announced jobs fill. A lane that has just been started may have looked before, or may do what is
 * wanted: after one, another follows soon instead, so that many who call at once start few.
 */
export function startOneMore(state: LedgerState, cause: Cause, now: number, settings: LedgerSettings): Step {
  if (hasJustStarted(state, now)) return { state: { ...state, nextAt: earlier(state.nextAt, now + SPACING_MS) }, starts: [] };
  return startLanes(state, Math.max(lanesForBacklog(state, settings), lanesAtWork(state) + 1), cause, now, settings);
}

/** Lanes have been started within the time that lies between two starts. */
export function hasJustStarted({ startedAt }: LedgerState, now: number): boolean {
  return startedAt !== null && Math.abs(now - startedAt) < SPACING_MS;
}

/**
 * Starts lanes until so many are at work, as far as there may be, and calls the callees: what is there may be what only they can run. Where none is free for
 * a lane that has to be, it is owed: it is started once a lane has ended, which it says, or its lease does; or once the database has room for more.
 */
export function startLanes(state: LedgerState, wanted: number, cause: Cause, now: number, settings: LedgerSettings): Step {
  const most = lanesAllowed(state, now, settings);
  const missing = Math.min(wanted, most) - lanesAtWork(state);
  if (missing <= 0) {
    const isFull = wanted > 0 && lanesAtWork(state) >= most;
    if (!isFull) return { state, starts: [] };
    return callAll(most === 0 ? state : owe(state, now), [], cause, now, settings);
  }
  const names = Array.from({ length: settings.lanes }, (_, number) => `lane-${number}`).filter((name) => !(name in state.leases));
  const lanes = names.slice(0, missing);
  const lease = { epoch: state.epoch, since: now, until: now + settings.leaseMs, cause };
  const started = {
    ...state,
    leases: { ...state.leases, ...Object.fromEntries(lanes.map((lane) => [lane, lease])) },
    startedAt: now,
    isLaneOwed: false,
    counts: count(state.counts, "starts", lanes.length),
  };
  return callAll(started, lanes, cause, now, settings);
}

/** Calls every callee. It takes a lease of its own once it is there. */
export function callAll(state: LedgerState, lanes: readonly string[], cause: Cause, now: number, settings: LedgerSettings): Step {
  const callees = Array.from({ length: settings.callees }, (_, number) => `${CALLEE}${number}`);
  return {
    state: callees.length > 0 ? { ...state, startedAt: now, counts: count(state.counts, "calls", callees.length) } : state,
    starts: [...lanes, ...callees].map((lane) => ({ lane, epoch: state.epoch, cause })),
  };
}

const CALLEE = "callee-";

/** Which of the callees this is; undefined: it is a lane. */
export function calleeOf(lane: string): number | undefined {
  return lane.startsWith(CALLEE) ? Number(lane.slice(CALLEE.length)) : undefined;
}

function owe(state: LedgerState, now: number): LedgerState {
  const { pressure } = state;
  return { ...state, isLaneOwed: true, nextAt: earlier(state.nextAt, pressure && now < pressure.until ? pressure.until : null) };
}

/** Starts the lane that is owed, if one is free. */
export function startOwed(step: Step, now: number, settings: LedgerSettings): Step {
  const { state, starts } = step;
  if (!state.isLaneOwed || starts.length > 0 || lanesAtWork(state) >= lanesAllowed(state, now, settings)) return step;
  return startLanes(state, lanesAtWork(state) + 1, "due", now, settings);
}

function lanesAllowed({ pressure }: LedgerState, now: number, { lanes }: LedgerSettings): number {
  return pressure && now < pressure.until ? Math.min(lanes, pressure.lanes) : lanes;
}

/** Whether a consumer is a lane. */
export function isLane(consumer: string): boolean {
  return consumer.startsWith("lane-");
}
