/**
 * One look at what a worker has to see to besides its jobs: the dead, the expired, old results, schedules.
 * @module
 */
import { keepSchedules, type Schedules } from "../schedule/schedules.ts";
import type { FailedDuty } from "../store/look.ts";
import type { Patience } from "../store/store.ts";
import type { Worker } from "./worker.ts";

export interface LookOptions {
  readonly schedules: Schedules;
  /** Results older than this are removed. */
  readonly retentionDays: number;
  /** Others may have been silent for so long beyond the heartbeat's time-out. Default 0. */
  readonly graceMs?: number;
}

export interface Looked {
  /** Attempts of dead workers that were declared lost. */
  readonly lost: number;
  /** Jobs that waited past their expiry. */
  readonly expired: number;
  /** Duties of housekeeping that the database refused. */
  readonly failed: readonly FailedDuty[];
  /** There may be more to rescue or to expire. */
  readonly more: boolean;
  /** A job waits, or one was enqueued just now. */
  readonly ready: boolean;
  /** Milliseconds until the next scheduled job is due; null: none is scheduled. */
  readonly nextDueMs: number | null;
  /** Milliseconds until the next schedule is due; Infinity: none is. */
  untilFire(): number;
}

/** Attempts rescued, and jobs expired, in one round trip. */
const SLICE = 500;

/** Looks, and fires what is due. One round trip where nothing is. */
export async function look<Env>(
  worker: Pick<Worker<Env>, "clock" | "heartbeat" | "id" | "logger" | "newId" | "queues" | "store">,
  { schedules, retentionDays, graceMs = 0 }: LookOptions,
  patience?: Patience,
): Promise<Looked> {
  const { clock, heartbeat, logger, queues, store } = worker;
  const lookedAt = clock.now();
  const staleMs = heartbeat.timeoutMs + graceMs;
  const seen = await store.look({ workerId: worker.id, staleMs, most: SLICE, queues, set: schedules.set, retentionDays }, patience);
  if (seen.lost > 0) logger.warn("attempts of dead workers declared lost", { lost: seen.lost, jobs: seen.rescued });
  if (seen.failed.length > 0) logger.warn("the database refused housekeeping; the next look tries it again", { failed: seen.failed });
  const { enqueued, nextFireMs } = await keepSchedules(worker, schedules, seen);
  return {
    lost: seen.lost,
    expired: seen.expired,
    failed: seen.failed,
    more: seen.more,
    ready: seen.ready || enqueued > 0,
    nextDueMs: seen.nextDueMs,
    untilFire: () => (nextFireMs === null ? Number.POSITIVE_INFINITY : lookedAt + nextFireMs - clock.now()),
  };
}
