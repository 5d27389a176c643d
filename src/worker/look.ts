/**
 * What a worker sees to besides its jobs: dead workers, schedules, and, apart from both, housekeeping.
 * @module
 */
import { keepSchedules, type Schedules } from "../schedule/schedules.ts";
import type { CallOptions } from "../store/store.ts";
import type { FailedDuty } from "../store/tick.ts";
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
  /** There may be more of them. */
  readonly more: boolean;
  /** A job waits, or one was enqueued just now. */
  readonly ready: boolean;
  /** Milliseconds until the next scheduled job is due; null: none is scheduled. */
  readonly nextDueMs: number | null;
  /** Housekeeping has something to do. */
  readonly maintenanceDue: boolean;
  /** Milliseconds until the next schedule is due; Infinity: none is. */
  untilFire(): number;
}

/** Attempts rescued in one round trip. */
const SLICE = 500;
/** Rows of each kind that housekeeping changes in one round trip. */
const HOUSEKEEPING_SLICE = 5_000;

/** Looks, and fires what is due. One round trip where nothing is. */
export async function look<Env>(
  worker: Pick<Worker<Env>, "clock" | "heartbeat" | "id" | "logger" | "newId" | "queues" | "store">,
  { schedules, graceMs = 0 }: LookOptions,
  callOptions?: CallOptions,
): Promise<Looked> {
  const { clock, heartbeat, logger, queues, store } = worker;
  const lookedAt = clock.now();
  const staleMs = heartbeat.timeoutMs + graceMs;
  const seen = await store.tick({ workerId: worker.id, staleMs, limit: SLICE, queues, set: schedules.set }, callOptions);
  if (seen.lost > 0) logger.warn("attempts of dead workers declared lost", { lost: seen.lost, jobs: seen.rescued });
  const { enqueued, nextFireMs } = await keepSchedules(worker, schedules, seen);
  return {
    lost: seen.lost,
    more: seen.more,
    ready: seen.ready || enqueued > 0,
    nextDueMs: seen.nextDueMs,
    maintenanceDue: seen.maintenanceDue,
    untilFire: () => (nextFireMs === null ? Number.POSITIVE_INFINITY : lookedAt + nextFireMs - clock.now()),
  };
}

/** What housekeeping did. */
export interface Maintained {
  /** Jobs that waited past their expiry. */
  readonly expired: number;
  /** Duties that the database refused. */
  readonly failed: readonly FailedDuty[];
}

/** Housekeeping, until nothing is left to do or `mayGoOn` says no. What fails is logged, and left for the next time. */
export async function maintain<Env>(
  { store, logger }: Pick<Worker<Env>, "logger" | "store">,
  retentionDays: number,
  mayGoOn: () => boolean,
): Promise<Maintained> {
  let expired = 0;
  let failed: readonly FailedDuty[] = [];
  try {
    for (;;) {
      const reply = await store.maintain(retentionDays, HOUSEKEEPING_SLICE);
      expired += reply.expired;
      failed = withFailures(failed, reply.failed);
      for (const duty of reply.failed) logger.warn("housekeeping failed", { ...duty });
      if (!reply.more || !mayGoOn()) return { expired, failed };
    }
  } catch (error) {
    logger.warn("housekeeping failed", { error });
    return { expired, failed };
  }
}

/** Failures of duties, each duty once: a duty that has failed is not due again at once, so that later replies do not name it. */
export function withFailures(known: readonly FailedDuty[], more: readonly FailedDuty[]): readonly FailedDuty[] {
  return [...new Map([...known, ...more].map((failure) => [failure.duty, failure])).values()];
}
