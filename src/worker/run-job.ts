/**
 * One attempt: have its code run, watch the time, and say what became of it.
 * @module
 */
import { isMayflyError, type MayflyError } from "../base/errors.ts";
import { retryDelayMs } from "../job/backoff.ts";
import type { Handler } from "../job/handler.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Settlement } from "../store/settlement.ts";
import { executeHere, type Returned } from "./execute.ts";
import { settleCancelled, settleDeferral, settleError, settleLost, settleSuccess } from "./outcome.ts";
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
  const execute = worker.execute ?? executeHere(worker);
  const { ended, returned, abort } = watch(worker.clock, { name: job.name, timeoutMs }, (signal) => execute({ job, claimId }, signal));
  const settlement = ended
    .then((end) => settle(worker, job, claimId, handler, end))
    // A rule or a logger of a user's own may throw.
    .catch((error: unknown) => settleFault(worker, job, claimId, error));
  return { id: job.id, claimId, settlement, returned: settlement.then(() => returned), abort };
}

function settleFault<Env>({ limits }: Worker<Env>, job: ClaimedJob, claimId: string, error: unknown): Settlement {
  return settleError(job, claimId, error, { delayMs: 0, final: false, interrupted: false, maxBytes: limits.errorBytes });
}

function settle<Env>(
  worker: Worker<Env>,
  job: ClaimedJob,
  claimId: string,
  handler: Handler<Env>,
  end: End<Returned>,
): Settlement | undefined {
  const log = () => worker.logger.child({ jobId: job.id, job: job.name, attempt: job.attempt, claimId });
  const { errorBytes } = worker.limits;
  if (end.ok && end.output.deferral) {
    const settlement = settleDeferral(job, claimId, end.output.deferral);
    log().info("job deferred", { retryInMs: settlement.retryInMs });
    return settlement.outcome === "errored" ? withHook(settlement, handler.onFailed) : settlement;
  }
  if (end.ok) {
    const { output, problem } = end.output;
    if (problem) log().warn("output dropped", { problem });
    return settleSuccess(job, claimId, output);
  }
  if (isMayflyError(end.error, "claim_lost")) {
    log().warn("job given up", { reason: end.error.message });
    return undefined;
  }
  if (isMayflyError(end.error, "job_cancelled")) {
    log().info("job cancelled");
    return withHook(settleCancelled(job, claimId, end.error, errorBytes), handler.onAborted);
  }
  if (isMayflyError(end.error, "job_lost")) {
    const settlement = settleLost(job, claimId, end.error, errorBytes);
    log().error("job lost", { reason: end.error.message, retryInMs: settlement.retryInMs });
    return withHook(settlement, handler.onAborted ?? handler.onFailed);
  }
  const delay = retryDelayMs(handler.definition.retryDelay, job.attempt, end.error, worker.random);
  if (delay.problem) log().warn("retry delay ignored", { problem: delay.problem });
  const settlement = settleError(job, claimId, end.error, {
    delayMs: delay.ms,
    final: false,
    interrupted: isMayflyError(end.error, "job_interrupted"),
    maxBytes: errorBytes,
  });
  log().error("job failed", { error: settlement.error, retryInMs: settlement.retryInMs });
  return settlement.retryInMs === null ? withHook(settlement, handler.onFailed) : settlement;
}

function withHook(settlement: Settlement, hook: unknown): Settlement {
  return hook === undefined ? settlement : { ...settlement, hasHook: true };
}
