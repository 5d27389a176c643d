/**
 * What a cron trigger starts: look what there is to do, fire the schedules that are due, then turns until nothing is left or time is up.
 * With nothing to do, one round trip.
 * @module
 */
import type { LookReply } from "../store/store.ts";
import { type DrainResult, drain } from "./drain.ts";
import { keepSchedules, type Schedules } from "./schedules.ts";
import type { Worker } from "./worker.ts";

export interface TickOptions {
  /** Wait for a scheduled job, or a schedule, that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
  readonly schedules: Schedules;
  /** Results older than this are removed. */
  readonly retentionDays: number;
  /** As of `DrainOptions`. Default true. */
  readonly park?: boolean;
}

export interface TickResult extends DrainResult {
  /** Attempts of dead workers that were declared lost. */
  readonly lost: number;
  /** Jobs that waited past their expiry. */
  readonly expired: number;
}

/** Attempts rescued, and jobs expired, in one round trip. */
const SLICE = 500;

/** Runs one tick. May overlap with any number of others. */
export async function tick<Env>(worker: Worker<Env>, { waitMs, schedules, retentionDays, park = true }: TickOptions): Promise<TickResult> {
  const { budget, clock, heartbeat, queues, store } = worker;
  const total = { turns: 0, claimed: 0, successful: 0, errored: 0, cancelled: 0, deferred: 0, stale: 0, parked: 0, lost: 0, expired: 0 };
  for (;;) {
    const lookedAt = clock.now();
    const seen: LookReply = await store.look({
      staleMs: heartbeat.timeoutMs,
      most: SLICE,
      queues,
      set: schedules.set,
      retentionDays,
    });
    total.lost += seen.lost;
    total.expired += seen.expired;
    const { enqueued, nextFireMs } = await keepSchedules(worker, schedules, seen);
    if (seen.more && budget.mayClaim()) continue;

    let ready = seen.ready || enqueued > 0;
    const untilDue = seen.nextDueMs ?? Number.POSITIVE_INFINITY;
    const untilFire = () => (nextFireMs === null ? Number.POSITIVE_INFINITY : lookedAt + nextFireMs - clock.now());
    const patience = () => Math.min(waitMs, budget.claimMs());
    if (!ready && untilDue <= Math.min(patience(), untilFire())) {
      await clock.sleep(Math.max(untilDue, 0));
      ready = true;
    }
    if (ready) add(total, await drain(worker, { park, waitMs }));
    if (untilFire() > patience()) return total;
    await clock.sleep(Math.max(untilFire(), 0));
  }
}

function add(total: { -readonly [K in keyof DrainResult]: number }, drained: DrainResult): void {
  for (const key of Object.keys(drained) as (keyof DrainResult)[]) total[key] += drained[key];
}
