/**
 * What a cron trigger starts: look what there is to do, fire the schedules that are due, then turns until nothing is left or time is up.
 * With nothing to do, one round trip.
 * @module
 */
import type { LookReply } from "../store/store.ts";
import { type DrainResult, drain } from "./drain.ts";
import type { Worker } from "./worker.ts";

export interface TickOptions {
  /** Wait for a scheduled job that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
  /** Results older than this are removed. */
  readonly retentionDays: number;
}

export interface TickResult extends DrainResult {
  /** Attempts of dead workers that were declared lost. */
  readonly lost: number;
  /** Jobs that waited past their expiry. */
  readonly expired: number;
}

/** Attempts rescued in one round trip. */
const RESCUE_SLICE = 500;

/** Runs one tick. May overlap with any number of others. */
export async function tick<Env>(worker: Worker<Env>, { waitMs, retentionDays }: TickOptions): Promise<TickResult> {
  const { budget, clock, heartbeat, queues, store } = worker;
  const total = { turns: 0, claimed: 0, successful: 0, errored: 0, cancelled: 0, deferred: 0, stale: 0, parked: 0, lost: 0, expired: 0 };
  for (;;) {
    const seen: LookReply = await store.look({ staleMs: heartbeat.timeoutMs, most: RESCUE_SLICE, queues, set: null, retentionDays });
    total.lost += seen.lost;
    total.expired += seen.expired;
    if (seen.more && budget.mayClaim()) continue;
    if (!seen.ready) {
      const { nextDueMs } = seen;
      if (nextDueMs === null || nextDueMs > Math.min(waitMs, budget.claimMs())) return total;
      await clock.sleep(Math.max(nextDueMs, 0));
    }
    return { ...total, ...(await drain(worker, { park: true, waitMs })) };
  }
}
