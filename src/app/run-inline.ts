/**
 * One attempt of a job outside the queue: checked, wrapped and timed as a worker would, but no row is written.
 * @module
 */
import { isMayflyError, MayflyError } from "../base/errors.ts";
import { createIdSource } from "../base/ids.ts";
import type { Logger } from "../base/logger.ts";
import { checkOne } from "../enqueue/check.ts";
import type { Handler } from "../job/handler.ts";
import type { Middleware } from "../job/middleware.ts";
import type { Settlement } from "../store/settlement.ts";
import { consoleLogger } from "../telemetry/console-logger.ts";
import { openBudget } from "../worker/budget.ts";
import { InFlight } from "../worker/in-flight.ts";
import { WakeSignal } from "../worker/wake-signal.ts";
import { byName, type Worker } from "../worker/worker.ts";
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
  const { job } = await checkOne({ definition: handler.definition, payload, options: {} }, limits, { newId, clock: systemClock }).catch(
    sayRun,
  );
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
    budget: openBudget(systemClock),
    env,
    jobs: mayfly.connect(env),
    store: mayfly.store(env),
    clock: systemClock,
    newId,
    random: Math.random,
    logger,
  };
  const inFlight = new InFlight(worker, new WakeSignal());
  const runAt = new Date(systemClock.now()).toISOString();
  inFlight.start({ ...job, ...FIRST, payload: JSON.parse(job.payloadJson), runAt }, newId());
  for (;;) {
    await inFlight.wait(0, Number.POSITIVE_INFINITY);
    const [settlement] = inFlight.takeSettlements();
    if (settlement) return settlement;
  }
}

const FIRST = { attempt: 1, cancelRequested: false, hook: null, hookTries: 0, freeAttempts: 0 };

/** The check speaks of an enqueue. */
function sayRun(error: unknown): never {
  if (!isMayflyError(error)) throw error;
  throw new MayflyError(error.code, error.message.replace("cannot be enqueued", "cannot be run"), {
    cause: error,
    problems: error.problems,
  });
}
