/**
 * One attempt: check the payload, call the handler, watch the time, and say what became of it.
 * @module
 */
import { retryDelayMs } from "../core/backoff.ts";
import type { ClaimedJob } from "../core/claimed-job.ts";
import { formatDuration } from "../core/durations.ts";
import { MayflyError } from "../core/errors.ts";
import type { Handler } from "../core/handler.ts";
import type { Logger } from "../core/logger.ts";
import { type Settlement, settleError, settleSuccess } from "../core/outcome.ts";
import { validatePayload } from "../core/validate-payload.ts";
import type { Worker } from "./worker.ts";

/** An attempt under way. */
export interface Run {
  /** What became of it. Never rejects. At its time-out it is told at once, also while the handler goes on. */
  readonly settlement: Promise<Settlement>;
  /** Resolves after that, once the handler has returned and the slot is free. Never rejects. */
  readonly returned: Promise<void>;
  /** Aborts the handler's signal and settles the attempt with this error. */
  abort(reason: MayflyError): void;
}

/** Starts a claimed job. Its handler has to be among the worker's. */
export function runJob<Env>(worker: Worker<Env>, job: ClaimedJob, claimId: string, handler: Handler<Env>): Run {
  const abort = new AbortController();
  const timeoutMs = job.timeoutMs ?? handler.definition.timeoutMs;
  const logger = worker.logger.child({ jobId: job.id, job: job.name, attempt: job.attempt });

  const called = call(worker, job, handler, abort.signal, logger);
  const stopWatching = watchTime(worker, abort, timeoutMs, job.name);
  const settlement = Promise.race([called, whenAborted(abort.signal)]).then((end) => settle(worker, job, claimId, handler, end, logger));
  const returned = settlement.then(() => called).then(stopWatching);
  return { settlement, returned, abort: (reason) => abort.abort(reason) };
}

/** How a handler came to its end. `final`: another attempt could not go better. */
type End = { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly error: unknown; readonly final?: boolean };

async function call<Env>(worker: Worker<Env>, job: ClaimedJob, handler: Handler<Env>, signal: AbortSignal, logger: Logger): Promise<End> {
  try {
    const payload = await validatePayload(handler.definition.schema, job.payload);
    if (!payload.ok) {
      const message = `The stored payload of ${job.name} does not fit its schema.`;
      return { ok: false, final: true, error: new MayflyError("invalid_payload", message, { problems: payload.problems }) };
    }
    const output = await handler.run({
      payload: payload.value,
      env: worker.env,
      jobs: worker.jobs,
      signal,
      id: job.id,
      name: job.name,
      queue: job.queue,
      attempt: job.attempt,
      retries: job.retries,
      ...(job.key === null ? {} : { concurrencyKey: job.key }),
      logger,
    });
    return { ok: true, output };
  } catch (error) {
    return { ok: false, error };
  }
}

function whenAborted(signal: AbortSignal): Promise<End> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve({ ok: false, error: signal.reason }), { once: true });
  });
}

/** Aborts at the job's time-out; answers how to stop waiting for it. */
function watchTime<Env>({ clock }: Worker<Env>, abort: AbortController, timeoutMs: number, name: string): () => void {
  const watch = new AbortController();
  void clock.sleep(timeoutMs, watch.signal).then(() => {
    if (watch.signal.aborted) return;
    abort.abort(new MayflyError("job_timed_out", `${name} ran longer than its time-out of ${formatDuration(timeoutMs)}.`));
  });
  return () => watch.abort();
}

function settle<Env>(worker: Worker<Env>, job: ClaimedJob, claimId: string, handler: Handler<Env>, end: End, logger: Logger): Settlement {
  if (end.ok) {
    const { settlement, problem } = settleSuccess(job, claimId, end.output, worker.limits.outputBytes);
    if (problem) logger.warn("output dropped", { problem });
    return settlement;
  }
  const delay = retryDelayMs(handler.definition.retryDelay, job.attempt, end.error, worker.random);
  if (delay.problem) logger.warn("retry delay ignored", { problem: delay.problem });
  const settlement = settleError(job, claimId, end.error, {
    delayMs: delay.ms,
    final: end.final === true,
    maxBytes: worker.limits.errorBytes,
  });
  logger.error("job failed", { error: settlement.error, againMs: settlement.againMs });
  return settlement;
}
