/**
 * One attempt: check the payload, call the handler, watch the time, and say what became of it.
 * @module
 */
import { retryDelayMs } from "../core/backoff.ts";
import type { ClaimedJob } from "../core/claimed-job.ts";
import { isDeferral } from "../core/defer.ts";
import { isMayflyError, MayflyError } from "../core/errors.ts";
import type { Handler } from "../core/handler.ts";
import { compose } from "../core/middleware.ts";
import { type Settlement, settleCancelled, settleDeferral, settleError, settleSuccess } from "../core/outcome.ts";
import { validatePayload } from "../core/validate-payload.ts";
import { type End, watch } from "./watch.ts";
import type { Worker } from "./worker.ts";

/** An attempt, or a hook, under way. */
export interface Run {
  readonly id: string;
  readonly claimId: string;
  /** What became of it; undefined: nothing to tell, its claim is gone. Never rejects. At its time-out it is told at once, also while the handler goes on. */
  readonly settlement: Promise<Settlement | undefined>;
  /** Resolves after that, once the handler has returned and the slot is free. Never rejects. */
  readonly returned: Promise<void>;
  /** Aborts the handler's signal and ends the attempt with this error. */
  abort(reason: MayflyError): void;
}

/** Starts a claimed job. Its handler has to be among the worker's. */
export function runJob<Env>(worker: Worker<Env>, job: ClaimedJob, claimId: string, handler: Handler<Env>): Run {
  const timeoutMs = job.timeoutMs ?? handler.definition.timeoutMs;
  const { ended, returned, abort } = watch(worker.clock, { name: job.name, timeoutMs }, (signal) =>
    call(worker, job, claimId, handler, signal),
  );
  const settlement = ended.then((end) => settle(worker, job, claimId, handler, end));
  return { id: job.id, claimId, settlement, returned: settlement.then(() => returned), abort };
}

async function call<Env>(
  worker: Worker<Env>,
  job: ClaimedJob,
  claimId: string,
  handler: Handler<Env>,
  signal: AbortSignal,
): Promise<unknown> {
  if (job.cancelRequested) throw new MayflyError("job_cancelled", "The job was cancelled before this attempt.");
  const payload = await validatePayload(handler.definition.schema, job.payload);
  if (!payload.ok) {
    const list = payload.problems.map(({ path, message }) => `${["payload", ...path].join(".")}: ${message}`).join("; ");
    const problem = new MayflyError("invalid_payload", `The stored payload of ${job.name} does not fit its schema. ${list}`, payload);
    throw Object.assign(problem, { retry: false });
  }
  const run = compose(worker.middleware, async (context) => await handler.run(context));
  return await run({
    payload: payload.value,
    env: worker.env,
    jobs: worker.jobs,
    signal,
    id: job.id,
    claimId,
    name: job.name,
    queue: job.queue,
    attempt: job.attempt,
    retries: job.retries,
    runAt: job.runAt,
    ...(job.key === null ? {} : { concurrencyKey: job.key }),
    logger: worker.logger,
  });
}

function settle<Env>(worker: Worker<Env>, job: ClaimedJob, claimId: string, handler: Handler<Env>, end: End): Settlement | undefined {
  const logger = worker.logger.child({ jobId: job.id, job: job.name, attempt: job.attempt, claimId });
  const { errorBytes, outputBytes } = worker.limits;
  if (end.ok && isDeferral(end.output)) {
    const settlement = settleDeferral(job, claimId, end.output);
    logger.info("job deferred", { againMs: settlement.againMs });
    return settlement.outcome === "errored" ? withHook(settlement, handler.onFailed) : settlement;
  }
  if (end.ok) {
    const { settlement, problem } = settleSuccess(job, claimId, end.output, outputBytes);
    if (problem) logger.warn("output dropped", { problem });
    return settlement;
  }
  if (isMayflyError(end.error, "claim_lost")) {
    logger.warn("job given up", { reason: end.error.message });
    return undefined;
  }
  if (isMayflyError(end.error, "job_cancelled")) {
    logger.info("job cancelled");
    return withHook(settleCancelled(job, claimId, end.error, errorBytes), handler.onAborted);
  }
  const delay = retryDelayMs(handler.definition.retryDelay, job.attempt, end.error, worker.random);
  if (delay.problem) logger.warn("retry delay ignored", { problem: delay.problem });
  const settlement = settleError(job, claimId, end.error, {
    delayMs: delay.ms,
    final: false,
    interrupted: isMayflyError(end.error, "job_interrupted"),
    maxBytes: errorBytes,
  });
  logger.error("job failed", { error: settlement.error, againMs: settlement.againMs });
  return settlement.againMs === null ? withHook(settlement, handler.onFailed) : settlement;
}

function withHook(settlement: Settlement, hook: unknown): Settlement {
  return hook === undefined ? settlement : { ...settlement, hook: true };
}
