/**
 * What a cron trigger starts: check the queue, turns until nothing is left or time is up, then housekeeping. With nothing to do, one round trip.
 * @module
 */
import type { Usage } from "../operate/usage.ts";
import type { FailedDuty } from "../store/tick.ts";
import type { WorkLeft } from "./call-for-help.ts";
import { type CheckOptions, checkQueue } from "./check-queue.ts";
import { drain } from "./drain.ts";
import { maintain, withFailures } from "./maintain.ts";
import { addCounts, noCounts, type TurnCounts } from "./turn-counts.ts";
import type { WakeSignal } from "./wake-signal.ts";
import type { Worker } from "./worker.ts";

export interface TickOptions extends CheckOptions {
  /** Results older than this are removed. */
  readonly retentionDays: number;
  /** Wait for a scheduled job, or a schedule, that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
  /** As of `DrainOptions`. Default true. */
  readonly park?: boolean;
  /** As of `DrainOptions`. */
  readonly wakeSignal?: WakeSignal;
  /** As of `DrainOptions`. */
  readonly onWorkLeft?: ((work: WorkLeft) => void) | undefined;
}

export interface TickResult extends TurnCounts, WorkLeft {
  /** Attempts that went down with their worker or their process. */
  readonly lost: number;
  /** Jobs that waited past their expiry. */
  readonly expired: number;
  /** Duties of housekeeping, the rescue and the schedules, where the database refused them. */
  readonly failed: readonly FailedDuty[];
}

/** What a tick did, and what it asked of the database. */
export interface TickReport extends TickResult {
  readonly usage: Usage;
}

/** Runs one tick. May overlap with any number of others. */
export async function tick<Env>(
  worker: Worker<Env>,
  { waitMs, park = true, wakeSignal, onWorkLeft, ...options }: TickOptions,
): Promise<TickResult> {
  const { budget, clock } = worker;
  let failed: readonly FailedDuty[] = [];
  const total = { ...noCounts(), expired: 0 };
  for (;;) {
    const check = await checkQueue(worker, options);
    total.lost += check.lost;
    failed = withFailures(failed, check.failed);
    if (check.more && budget.mayClaim()) continue;

    let { ready } = check;
    const untilDue = check.nextDueMs ?? Number.POSITIVE_INFINITY;
    let left = check.more || ready;
    let dueAt = clock.now() + untilDue;
    const maxWaitMs = () => Math.min(waitMs, budget.claimMs());
    if (!ready && untilDue <= Math.min(maxWaitMs(), check.untilFire())) {
      await clock.sleep(Math.max(untilDue, 0));
      ready = true;
    }
    if (ready) {
      const drained = await drain(worker, { park, waitMs, onWorkLeft, ...(wakeSignal ? { wakeSignal } : {}) });
      addCounts(total, drained);
      left = drained.left || check.more;
      dueAt = clock.now() + (drained.nextInMs ?? Number.POSITIVE_INFINITY);
    }
    if (check.maintenanceDue) {
      const maintained = await maintain(worker, options.retentionDays, () => budget.mayClaim());
      total.expired += maintained.expired;
      failed = withFailures(failed, maintained.failed);
    }
    if (!budget.mayClaim() || check.untilFire() > maxWaitMs()) {
      const nextInMs = Math.max(0, Math.min(dueAt - clock.now(), check.untilFire()));
      return { ...total, failed, left, nextInMs: Number.isFinite(nextInMs) ? nextInMs : null };
    }
    await clock.sleep(Math.max(check.untilFire(), 0));
  }
}
