/**
 * Jobs were put in, or can run earlier than was known.
 * @module
 */
import type { Wake } from "./ledger.ts";
import { isLane, lanesForBacklog, SPACING_MS, type Step, startLanes } from "./start-lanes.ts";
import { count, earlier, type Hold, type LedgerSettings, type LedgerState } from "./state.ts";

/** Remembers when they are due, and starts lanes where whoever put them in does not run them, or not fast enough. */
export function onWake(state: LedgerState, { written, ready, dueInMs, lease }: Wake, now: number, settings: LedgerSettings): Step {
  const dueAt = dueInMs === null ? null : now + Math.max(0, dueInMs);
  const told: LedgerState = {
    ...state,
    epoch: state.epoch + 1,
    pending: state.pending + ready,
    nextAt: earlier(state.nextAt, dueAt),
    // A consumer that looks before the jobs are written does not see them.
    holds: dueAt === null || written ? state.holds : addHold(state.holds, { at: dueAt, until: now + settings.writeMs }, now),
    leases: lease ? { ...state.leases, [lease.consumer]: { since: now, until: now + lease.forMs, cause: "wake" } } : state.leases,
    counts: count(state.counts, "wakes"),
  };
  if (ready === 0) return { state: told, starts: [] };
  const wanted = lanesForBacklog(told, settings);
  return lease ? startLanes(told, wanted, "wake", now, settings) : startForWake(told, wanted, now, settings);
}

/** Starts a lane more for jobs that nobody works on. */
export function startForWake(state: LedgerState, wanted: number, now: number, settings: LedgerSettings): Step {
  const lanes = Object.entries(state.leases).filter(([consumer]) => isLane(consumer));
  // A lane that has just been started may see these jobs, too. Whether it does, its epoch does not tell, so another look follows.
  if (lanes.some(([, { since }]) => now - since < SPACING_MS)) {
    const soon = { ...state, nextAt: earlier(state.nextAt, now + SPACING_MS) };
    return startLanes(soon, wanted, "wake", now, settings);
  }
  return startLanes(state, Math.max(wanted, lanes.length + 1), "wake", now, settings);
}

/** More than this many become one, which is too early for most of them and too late for none. */
const MOST_HOLDS = 16;

function addHold(holds: readonly Hold[], hold: Hold, now: number): readonly Hold[] {
  const live = [...holds.filter(({ until }) => until > now), hold];
  if (live.length <= MOST_HOLDS) return live;
  return [{ at: Math.min(...live.map(({ at }) => at)), until: Math.max(...live.map(({ until }) => until)) }];
}
