/**
 * A worker's check of the queue: it declares the attempts of dead workers lost, fires the schedules that are due, and learns whether work waits.
 * @module
 */
import { isMayflyError } from "../base/errors.ts";
import { AGAIN_MS, keepSchedules, type ScheduleReport, type Schedules } from "../schedule/schedules.ts";
import type { CallOptions } from "../store/store.ts";
import type { FailedDuty, TickReply } from "../store/tick.ts";
import type { Worker } from "./worker.ts";

export interface CheckOptions {
  readonly schedules: Schedules;
  /** Other workers may have been silent for so long beyond the heartbeat's time-out. Default 0. */
  readonly graceMs?: number;
}

export interface QueueCheck {
  /** Attempts of dead workers that were declared lost. */
  readonly lost: number;
  /** The rescue, or the schedules, where the database refused them. They are tried again with the next check. */
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
  const { enqueued, nextFireMs, failed } = await keepAlone(worker, schedules, reply);
  return {
    lost: reply.lost,
    failed: [...reply.failed, ...failed],
    more: reply.more,
    ready: reply.ready || enqueued > 0,
    nextDueMs: reply.nextDueMs,
    maintenanceDue: reply.maintenanceDue,
    untilFire: () => (nextFireMs === null ? Number.POSITIVE_INFINITY : checkedAt + nextFireMs - clock.now()),
  };
}

/** Schedules that the database refuses keep no job from running. */
async function keepAlone<Env>(
  worker: Pick<Worker<Env>, "clock" | "logger" | "newId" | "store">,
  schedules: Schedules,
  reply: TickReply,
): Promise<ScheduleReport & Pick<QueueCheck, "failed">> {
  try {
    return { ...(await keepSchedules(worker, schedules, reply)), failed: [] };
  } catch (error) {
    if (!isMayflyError(error, "database_error")) throw error;
    const sqlState = "sqlState" in error ? String(error.sqlState) : "";
    worker.logger.warn("schedules failed", { sqlState, message: error.message });
    return { enqueued: 0, nextFireMs: AGAIN_MS, failed: [{ duty: "schedules", sqlState, message: error.message }] };
  }
}
