/**
 * Work under a lease of the ledger: whatever becomes of it, the ledger is told.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { DriverError } from "../postgres/driver/errors.ts";
import type { ConsumerEnd, Deployment, Ledger } from "../wake/ledger.ts";
import type { WorkLeft } from "../worker/call-for-help.ts";
import type { DrainResult } from "../worker/drain.ts";

export interface LeasedWork {
  readonly ledger: Ledger;
  readonly consumer: string;
  /** The ledger's, when the work begins; undefined: it could not be reached then. */
  readonly epoch: Promise<number | undefined> | number | undefined;
  /** Jobs run at a time. */
  readonly slots: number;
  /** What it looks with; null: it does not look at schedules. */
  readonly deployment: Deployment | null;
  readonly clock: Clock;
}

/** SQLSTATEs of a server that has no room for another connection. */
const REFUSED: ReadonlySet<string | undefined> = new Set(["53300", "53400"]);

/**
 * Runs it, and settles the lease with what it found. What it tells of while its jobs run on is a wake: somebody else is to take it. So is what it has
 * rescued, which may be in a queue that it does not serve.
 * @throws what the work throws; a ledger that cannot be told does not matter, since the lease ends by itself
 */
export async function settleWithLedger<Result extends DrainResult>(
  lease: LeasedWork,
  work: (onWorkLeft: (work: WorkLeft) => void) => Promise<Result>,
): Promise<Result> {
  const startedAt = lease.clock.now();
  let end: ConsumerEnd = "unreachable";
  let hasRescued = false;
  try {
    const result = await work((work) => void tell(lease, work).catch(() => {}));
    const { nextInMs, left, claimed, lost } = result;
    hasRescued = lost > 0;
    const busyMs = lease.clock.now() - startedAt;
    end = { nextInMs, left, claimed, busyMs, slots: lease.slots, deployment: lease.deployment };
    return result;
  } catch (error) {
    if (error instanceof DriverError && REFUSED.has(error.sqlState)) end = "refused";
    throw error;
  } finally {
    await settle(lease, end).catch(() => {});
    if (hasRescued) await tell(lease, { left: true, nextInMs: null }).catch(() => {});
  }
}

async function tell({ ledger }: LeasedWork, { left, nextInMs }: WorkLeft): Promise<void> {
  const dueInMs = left ? 0 : nextInMs;
  if (dueInMs !== null) await ledger.wake({ written: true, ready: 0, dueInMs, lease: null });
}

async function settle({ ledger, consumer, epoch }: LeasedWork, end: ConsumerEnd): Promise<void> {
  // Without an epoch it knows of no wake at all, and pushes nothing back.
  await ledger.settle({ consumer, epoch: (await epoch) ?? -1, end });
}
