/**
 * What a cron trigger starts: look what there is to do, fire the schedules that are due, then turns until nothing is left or time is up.
 * With nothing to do, one round trip.
 * @module
 */
import type { Usage } from "../operate/usage.ts";
import type { FailedDuty } from "../store/tick.ts";
import { drain } from "./drain.ts";
import { type LookOptions, look, maintain, withFailures } from "./look.ts";
import type { TurnCounts } from "./turns.ts";
import type { Worker } from "./worker.ts";

export interface TickOptions extends LookOptions {
  /** Wait for a scheduled job, or a schedule, that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
  /** As of `DrainOptions`. Default true. */
  readonly park?: boolean;
}

export interface TickResult extends TurnCounts {
  /** Attempts of dead workers that were declared lost. */
  readonly lost: number;
  /** Jobs that waited past their expiry. */
  readonly expired: number;
  /** Duties of housekeeping that the database refused. */
  readonly failed: readonly FailedDuty[];
}

/** What a tick did, and what it asked of the database. */
export interface TickReport extends TickResult {
  readonly usage: Usage;
}

/** Runs one tick. May overlap with any number of others. */
export async function tick<Env>(worker: Worker<Env>, { waitMs, park = true, ...options }: TickOptions): Promise<TickResult> {
  const { budget, clock } = worker;
  let failed: readonly FailedDuty[] = [];
  const total = { turns: 0, claimed: 0, successful: 0, errored: 0, cancelled: 0, deferred: 0, stale: 0, parked: 0, lost: 0, expired: 0 };
  for (;;) {
    const seen = await look(worker, options);
    total.lost += seen.lost;
    if (seen.more && budget.mayClaim()) continue;

    let { ready } = seen;
    const untilDue = seen.nextDueMs ?? Number.POSITIVE_INFINITY;
    const callOptions = () => Math.min(waitMs, budget.claimMs());
    if (!ready && untilDue <= Math.min(callOptions(), seen.untilFire())) {
      await clock.sleep(Math.max(untilDue, 0));
      ready = true;
    }
    if (ready) add(total, await drain(worker, { park, waitMs }));
    if (seen.maintenanceDue) {
      const maintained = await maintain(worker, options.retentionDays, () => budget.mayClaim());
      total.expired += maintained.expired;
      failed = withFailures(failed, maintained.failed);
    }
    if (!budget.mayClaim() || seen.untilFire() > callOptions()) return { ...total, failed };
    await clock.sleep(Math.max(seen.untilFire(), 0));
  }
}

function add(total: { -readonly [K in keyof TurnCounts]: number }, drained: TurnCounts): void {
  for (const key of Object.keys(drained) as (keyof TurnCounts)[]) total[key] += drained[key];
}
