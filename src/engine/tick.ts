/**
 * What a cron trigger starts: look what there is to do, then turns until nothing is left or time is up.
 * With nothing to do, one round trip.
 * @module
 */
import { type DrainResult, drain } from "./drain.ts";
import type { Worker } from "./worker.ts";

export interface TickOptions {
  /** Wait for a scheduled job that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
}

export interface TickResult extends DrainResult {
  /** Attempts of dead workers that were declared lost. */
  readonly lost: number;
}

/** Attempts rescued in one round trip. */
const RESCUE_SLICE = 500;

const NOTHING: DrainResult = { turns: 0, claimed: 0, successful: 0, errored: 0, stale: 0, parked: 0 };

/** Runs one tick. May overlap with any number of others. */
export async function tick<Env>(worker: Worker<Env>, { waitMs }: TickOptions): Promise<TickResult> {
  const { budget, clock, heartbeat, queues, store } = worker;
  let lost = 0;
  for (;;) {
    const seen = await store.look({ staleMs: heartbeat.timeoutMs, most: RESCUE_SLICE, queues });
    lost += seen.lost;
    if (seen.more && budget.mayClaim()) continue;
    if (!seen.ready) {
      const { nextDueMs } = seen;
      if (nextDueMs === null || nextDueMs > Math.min(waitMs, budget.claimMs())) return { ...NOTHING, lost };
      await clock.sleep(Math.max(nextDueMs, 0));
    }
    return { ...(await drain(worker, { park: true, waitMs })), lost };
  }
}
