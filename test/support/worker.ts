/**
 * A worker over a store, as an adapter would put one together.
 * @module
 */
import { systemClock } from "../../src/app/system-clock.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Logger } from "../../src/base/logger.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import type { ScheduleEntry } from "../../src/schedule/schedule.ts";
import { scheduleSetHash } from "../../src/schedule/schedule-set.ts";
import type { Schedules } from "../../src/schedule/schedules.ts";
import type { Store } from "../../src/store/store.ts";
import { createBudget } from "../../src/worker/budget.ts";
import { byName, type Heartbeat, type Worker } from "../../src/worker/worker.ts";
import { newId } from "./samples.ts";

export const LIMITS = { payloadBytes: 65_536, outputBytes: 1_024, errorBytes: 1_024, enqueueBytes: 4_194_304, batch: 1_000 };

export interface WorkerOptions<Env> {
  readonly store: Store;
  readonly handlers: readonly Handler<Env>[];
  readonly env?: Env;
  readonly slots?: number;
  readonly queues?: readonly string[];
  readonly clock?: Clock;
  /** Soft and hard end, from now. */
  readonly claimForMs?: number;
  readonly hardEndMs?: number;
  readonly logger?: Logger;
  readonly middleware?: readonly Middleware<Env>[];
  readonly heartbeat?: Heartbeat;
}

export function createWorker<Env = undefined>(options: WorkerOptions<Env>): Worker<Env> {
  const { store, handlers, clock = systemClock, claimForMs = 50_000, hardEndMs = 900_000, logger = silent } = options;
  return {
    id: newId(),
    runtime: "test",
    host: null,
    queues: options.queues ?? [...new Set(handlers.map(({ definition }) => definition.queue))],
    slots: options.slots ?? 10,
    handlers: byName(handlers),
    middleware: options.middleware ?? [],
    heartbeat: options.heartbeat ?? { intervalMs: 20_000, timeoutMs: 90_000 },
    limits: LIMITS,
    budget: createBudget(clock, { claimForMs, hardEndMs, marginMs: 2_000 }),
    env: options.env as Env,
    jobs: createJobs({ store, limits: LIMITS, ids: { newId, clock } }),
    store,
    clock,
    newId,
    random: Math.random,
    logger,
  };
}

/** The schedules of a deployment that has just these. */
export function schedulesOf(entries: readonly ScheduleEntry[], application = "test"): Schedules {
  return { set: { application, hash: scheduleSetHash(entries) }, entries, limits: LIMITS };
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** A logger that keeps its warnings and errors. */
export function recordingLogger(): Logger & { readonly lines: { message: string; fields?: Record<string, unknown> | undefined }[] } {
  const lines: { message: string; fields?: Record<string, unknown> | undefined }[] = [];
  const write = (message: string, fields?: Record<string, unknown>) => void lines.push({ message, fields });
  const logger: Logger = { debug() {}, info() {}, warn: write, error: write, child: () => logger };
  return { ...logger, lines };
}
