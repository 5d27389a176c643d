/**
 * Why somebody has to look, and what is remembered once somebody does.
 * @module
 */
import type { Cause } from "./ledger.ts";
import { count, type LeaseState, type LedgerSettings, type LedgerState, nextEpoch } from "./state.ts";

/** An event that is so far in the future tells of a clock that was set back, and with it of times that come too late. */
const CLOCK_MS = 60_000;
/** Rescues are put together on a grid, so that there are few. */
const RESCUE_GRID_MS = 5_000;

/** Why somebody has to look now; null: nobody has to. */
export function causeToLook(state: LedgerState, now: number, { safetyMs }: LedgerSettings): Cause | null {
  if (state.lookedAt === null || isSetBack(state, now)) return "lost";
  if (Object.values(state.leases).some(({ until }) => until <= now)) return "lost";
  if (state.nextAt !== null && state.nextAt <= now) return "due";
  if (state.rescues.some((at) => at <= now)) return "lost";
  return now - state.lookedAt >= safetyMs ? "safety" : null;
}

/** The state once somebody looks: from here on only what comes later is ahead of it. */
export function begin(state: LedgerState, now: number, { heartbeatTimeoutMs }: LedgerSettings): LedgerState {
  const consumers = Object.entries(state.leases);
  const lost = consumers.filter(([, { until }]) => until <= now);
  const alive = consumers.filter(([, { until }]) => until > now);
  return {
    ...state,
    epoch: isSetBack(state, now) ? now : nextEpoch(state, now),
    leases: Object.fromEntries(alive.map(([consumer, lease]) => [consumer, notAfter(lease, now)])),
    nextAt: state.nextAt !== null && state.nextAt <= now ? null : state.nextAt,
    rescues: rescuesAfter(state, lost, now + heartbeatTimeoutMs, now),
    lookedAt: now,
    counts: count(state.counts, "lost", lost.length),
  };
}

/** The jobs that a dead consumer ran can be rescued only once its heartbeat is too old. A writer ran none. */
function rescuesAfter(
  { rescues }: LedgerState,
  lost: readonly (readonly [consumer: string, LeaseState])[],
  at: number,
  now: number,
): number[] {
  const later = rescues.filter((rescueAt) => rescueAt > now);
  if (lost.every(([consumer]) => consumer.startsWith("write-"))) return later;
  return [...new Set([...later, Math.ceil(at / RESCUE_GRID_MS) * RESCUE_GRID_MS])];
}

function isSetBack({ epoch, lookedAt }: LedgerState, now: number): boolean {
  return Math.max(epoch, lookedAt ?? 0) - now > CLOCK_MS;
}

/** A lease that a clock gave out before it was set back. */
function notAfter(lease: LeaseState, now: number): LeaseState {
  const aheadMs = Math.max(0, lease.since - now);
  return aheadMs > 0 ? { ...lease, since: lease.since - aheadMs, until: lease.until - aheadMs } : lease;
}
