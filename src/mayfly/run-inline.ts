/**
 * One attempt of a job outside the queue: checked, wrapped and timed as a worker would, but no row is written.
 * @module
 */
import { createBudget } from "../core/budget.ts";
import { isMayflyError, MayflyError } from "../core/errors.ts";
import type { Handler } from "../core/handler.ts";
import { createIdSource } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { Middleware } from "../core/middleware.ts";
import type { Settlement } from "../core/outcome.ts";
import { checkOne } from "../engine/check.ts";
import { runJob } from "../engine/run-job.ts";
import { byName, type Worker } from "../engine/worker.ts";
import { consoleLogger } from "../telemetry/console-logger.ts";
import type { Mayfly } from "./create-mayfly.ts";
import { systemClock } from "./system-clock.ts";

export interface RunInlineOptions<Env> {
  readonly payload: unknown;
  readonly middleware: readonly Middleware<Env>[];
  readonly env: Env;
  /** Where the configuration names none. Default: JSON on the console. */
  readonly logger?: Logger;
}

/**
 * Runs a handler once, as a job's first attempt, and answers what a worker would have written of it.
 * @throws `invalid_payload`, `payload_too_large` as an enqueue does
 */
export async function runInline<Env>(
  mayfly: Mayfly<Env>,
  handler: Handler<Env>,
  { payload, middleware, env, logger: fallback = consoleLogger() }: RunInlineOptions<Env>,
): Promise<Settlement> {
  const newId = createIdSource(systemClock);
  const { limits, heartbeat, logger = fallback } = mayfly.config;
  const { definition } = handler;
  const { job } = await checkOne({ definition, payload, options: {} }, limits, { newId, clock: systemClock }).catch(sayRun);
  const worker: Worker<Env> = {
    id: newId(),
    runtime: "inline",
    host: null,
    queues: [],
    slots: 1,
    handlers: byName([handler]),
    middleware,
    heartbeat,
    limits,
    budget: createBudget(systemClock, { claimForMs: 0, hardEndMs: definition.timeoutMs, marginMs: 0 }),
    env,
    jobs: mayfly.connect(env),
    store: mayfly.store(env),
    clock: systemClock,
    newId,
    random: Math.random,
    logger,
  };
  const claimId = newId();
  const { settlement } = runJob(worker, { ...job, ...FIRST, runAt: new Date(systemClock.now()).toISOString() }, claimId, handler);
  const told = await settlement;
  if (!told) throw new TypeError("an attempt that nobody can take away was given up");
  return told;
}

const FIRST = { attempt: 1, cancelRequested: false, hook: null, hookTries: 0, uncharged: 0 };

/** The check speaks of an enqueue. */
function sayRun(error: unknown): never {
  if (!isMayflyError(error)) throw error;
  throw new MayflyError(error.code, error.message.replace("cannot be enqueued", "cannot be run"), {
    cause: error,
    problems: error.problems,
  });
}
