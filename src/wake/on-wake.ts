/**
 * Jobs were put in, or can run earlier than was known.
 * @module
 */
import type { Lease, Wake } from "./ledger.ts";
import { hasJustStarted, lanesForBacklog, type Step, startLanes, startOneMore } from "./start-lanes.ts";
import { count, earlier, type LeaseState, type LedgerSettings, type LedgerState, nextEpoch, startAt } from "./state.ts";

/** Remembers when they are due, and starts lanes where whoever put them in does not run them, or not fast enough. */
export function onWake(state: LedgerState, wake: Wake, now: number, settings: LedgerSettings): Step {
  const { ready, dueInMs } = wake;
  const isNews = ready > 0 || dueInMs !== null || !wake.written;
  const epoch = isNews ? nextEpoch(state, now) : state.epoch;
  const lease = leaseOf(wake, epoch, settings);
  const told: LedgerState = {
    ...state,
    epoch,
    pending: state.pending + ready,
    nextAt: earlier(state.nextAt, dueInMs === null ? null : startAt(dueInMs, now, settings)),
    leases: lease ? { ...state.leases, [lease.consumer]: renewed(state, lease, epoch, now) } : state.leases,
    counts: isNews ? count(state.counts, "wakes") : state.counts,
  };
  if (ready === 0) return { state: told, starts: [] };
  if (!wake.lease) return startOneMore(told, "wake", now, settings);
  if (hasJustStarted(told, now)) return { state: told, starts: [] };
  return startLanes(told, lanesForBacklog(told, settings), "wake", now, settings);
}

/** The lease, from now on. Whose it was already has been at work since then. */
function renewed({ leases }: LedgerState, { consumer, forMs }: Lease, epoch: number, now: number): LeaseState {
  return { ...(leases[consumer] ?? { epoch, since: now, cause: "wake" }), until: now + forMs };
}

/** A consumer that looks before the jobs are written does not see them, and may push their time back: the end of a lease makes up for it. */
function leaseOf({ written, lease }: Wake, epoch: number, { writeMs }: LedgerSettings): Lease | null {
  return lease ?? (written ? null : { consumer: `write-${epoch}`, forMs: writeMs });
}
