/**
 * A worker's check of the queue: it declares the attempts of dead workers lost, fires the schedules that are due, and learns whether work waits.
 * @module
 */
import { keepSchedules, type Schedules } from "../schedule/schedules.ts";
import type { CallOptions } from "../store/store.ts";
import type { FailedDuty } from "../store/tick.ts";
import type { Worker } from "./worker.ts";

export interface CheckOptions {
  readonly schedules: Schedules;
  /** Other workers may have been silent for so long beyond the heartbeat's time-out. Default 0. */
  readonly graceMs?: number;
}

export interface QueueCheck {
  /** Attempts of dead workers that were declared lost. */
  readonly lost: number;
  /** The rescue, if it failed. It is tried again with the next check. */
  readonly failed: readonly FailedDuty[];
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
const RESCUE_SLICE = 500;

/** Checks, and fires what is due. One round trip where nothing is. */
export async function checkQueue<Env>(
  worker: Pick<Worker<Env>, "clock" | "heartbeat" | "id" | "logger" | "newId" | "queues" | "store">,
  { schedules, graceMs = 0 }: CheckOptions,
  callOptions?: CallOptions,
): Promise<QueueCheck> {
  const { clock, heartbeat, id: workerId, logger, queues, store } = worker;
  const checkedAt = clock.now();
  const staleMs = heartbeat.timeoutMs + graceMs;
  const reply = await store.tick({ workerId, staleMs, limit: RESCUE_SLICE, queues, set: schedules.set }, callOptions);
  if (reply.lost > 0) logger.warn("attempts of dead workers declared lost", { lost: reply.lost, jobs: reply.rescued });
  for (const { sqlState, message } of reply.failed) logger.warn("rescue failed", { sqlState, message });
  const { enqueued, nextFireMs } = await keepSchedules(worker, schedules, reply);
  return {
    lost: reply.lost,
    failed: reply.failed,
    more: reply.more,
    ready: reply.ready || enqueued > 0,
    nextDueMs: reply.nextDueMs,
    maintenanceDue: reply.maintenanceDue,
    untilFire: () => (nextFireMs === null ? Number.POSITIVE_INFINITY : checkedAt + nextFireMs - clock.now()),
  };
}
