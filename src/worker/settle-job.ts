/**
 * What becomes of a job at the end of an attempt, with what is logged of it.
 * @module
 */
import type { Logger } from "../base/logger.ts";
import { retryDelayMs } from "../job/backoff.ts";
import type { Handler } from "../job/handler.ts";
import type { Settlement } from "../store/settlement.ts";
import type { AttemptEnd, ClaimOf, Returned } from "./attempt.ts";
import { settleCancelled, settleDeferral, settleError, settleLost, settleReleased, settleSuccess } from "./outcome.ts";
import type { Worker } from "./worker.ts";

/** What settling takes of a worker. */
type Settler<Env> = Pick<Worker<Env>, "limits" | "logger" | "random">;

/** An attempt with the handler that ran it. */
interface HandledAttempt<Env> extends ClaimOf {
  readonly handler: Handler<Env>;
}

/** Undefined: its claim is lost, and there is nothing to settle. */
export function settleJob<Env>(worker: Settler<Env>, attempt: HandledAttempt<Env>, end: AttemptEnd): Settlement | undefined {
  try {
    return end.how === "returned" ? settleReturned(worker, attempt, end.returned) : settleFailed(worker, attempt, end);
  } catch (error) {
    // A logger of the user's threw, or whatever the handler threw does when it is read.
    return settleError(attempt, error, { delayMs: 0, interrupted: false, maxBytes: worker.limits.errorBytes });
  }
}

function settleReturned<Env>(worker: Settler<Env>, attempt: HandledAttempt<Env>, { output, problem, deferral }: Returned): Settlement {
  if (deferral) {
    const settlement = settleDeferral(attempt, deferral);
    loggerOf(worker, attempt).info("job deferred", { retryInMs: settlement.retryInMs });
    return settlement.outcome === "errored" ? withHook(settlement, attempt.handler.onFailed) : settlement;
  }
  if (problem !== undefined) loggerOf(worker, attempt).warn("a part of the output is left out", { problem });
  return settleSuccess(attempt, output);
}

/** Only an end that the worker itself brought about has a meaning by its code: the job's own code may throw any. */
function settleFailed<Env>(
  worker: Settler<Env>,
  attempt: HandledAttempt<Env>,
  { how, error }: Exclude<AttemptEnd, { how: "returned" }>,
): Settlement | undefined {
  const { job, handler } = attempt;
  const maxBytes = worker.limits.errorBytes;
  const logger = loggerOf(worker, attempt);
  const code = how === "aborted" ? error.code : how;
  switch (code) {
    case "not_started":
      return settleReleased(attempt);
    case "claim_lost":
      logger.warn("job given up", { reason: messageOf(error) });
      return undefined;
    case "job_cancelled":
      logger.info("job cancelled");
      return withHook(settleCancelled(attempt, error, maxBytes), handler.onAborted);
    case "process_lost": {
      const settlement = settleLost(attempt, error, maxBytes);
      logger.error("job lost", { reason: messageOf(error), retryInMs: settlement.retryInMs });
      return withHook(settlement, handler.onAborted ?? handler.onFailed);
    }
    default: {
      const delay = retryDelayMs(handler.definition.retryDelay, job.attempt, error, worker.random);
      if (delay.problem !== undefined) logger.warn("retry delay ignored", { problem: delay.problem });
      const interrupted = code === "job_interrupted";
      const settlement = settleError(attempt, error, { delayMs: delay.ms, interrupted, maxBytes });
      logger.error("job failed", { error: settlement.error, retryInMs: settlement.retryInMs });
      return settlement.retryInMs === null ? withHook(settlement, handler.onFailed) : settlement;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

function loggerOf<Env>({ logger }: Settler<Env>, { job, claimId }: ClaimOf): Logger {
  return logger.child({ jobId: job.id, job: job.name, attempt: job.attempt, claimId });
}

function withHook(settlement: Settlement, hook: unknown): Settlement {
  return hook === undefined ? settlement : { ...settlement, hasHook: true };
}
