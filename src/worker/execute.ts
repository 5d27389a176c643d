/**
 * The code of a job, called: its payload checked, its context made, middleware, handler, hooks. Plain data goes in and comes out, so that
 * all of it may happen in another process.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { JsonValue } from "../base/json-value.ts";
import type { Logger } from "../base/logger.ts";
import { Problems } from "../base/problems.ts";
import { validatePayload } from "../enqueue/validate-payload.ts";
import { type Deferral, isDeferral } from "../job/defer.ts";
import type { Handler, HookContext } from "../job/handler.ts";
import { compose } from "../job/middleware.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import { keepOutput } from "./outcome.ts";
import type { Worker } from "./worker.ts";

/** What is to be run: the job, or the hook that `job.hook` names. */
export interface Task {
  readonly job: ClaimedJob;
  readonly claimId: string;
}

/** What came of it; of a hook, nothing. */
export interface Returned {
  readonly output?: JsonValue;
  /** Why the output is left out. */
  readonly problem?: string;
  readonly deferral?: Pick<Deferral, "delayMs" | "countsAsAttempt">;
}

/** Runs the code of a claimed job. Rejects with what it threw, or with `job_lost` when the process it ran in has died. */
export type Execute = (task: Task, signal: AbortSignal) => Promise<Returned>;

/** What the code of a job finds around it. */
export type Site<Env> = Pick<Worker<Env>, "handlers" | "middleware" | "env" | "jobs" | "store" | "logger" | "limits">;

/** Runs it in this process. */
export function executeHere<Env>(site: Site<Env>): Execute {
  return async ({ job, claimId }, signal) => {
    const handler = site.handlers.get(job.name);
    if (!handler) throw new MayflyError("unknown_job", `There is no handler for ${job.name} where it was to be run.`);
    if (job.hook !== null) {
      await callHooks(site, job, claimId, handler, signal);
      return {};
    }
    const output = await callHandler(site, job, claimId, handler, signal);
    return isDeferral(output) ? { deferral: output } : keepOutput(output, site.limits.outputBytes);
  };
}

async function callHandler<Env>(
  site: Site<Env>,
  job: ClaimedJob,
  claimId: string,
  handler: Handler<Env>,
  signal: AbortSignal,
): Promise<unknown> {
  if (job.cancelRequested) throw new MayflyError("job_cancelled", "The job was cancelled before this attempt.");
  const payload = await validatePayload(handler.definition.schema, job.payload);
  if (!payload.ok) {
    const problems = new Problems();
    problems.addAll(payload.problems, ["payload"]);
    const error = problems.error("invalid_payload", `The stored payload of ${job.name} does not fit its schema`);
    throw Object.assign(error, { retry: false });
  }
  const run = compose(site.middleware, async (context) => await handler.run(context));
  let logger: Logger | undefined;
  return await run({
    payload: payload.value,
    env: site.env,
    jobs: site.jobs,
    signal,
    id: job.id,
    claimId,
    name: job.name,
    queue: job.queue,
    attempt: job.attempt,
    retries: job.retries,
    runAt: job.runAt,
    ...(job.key === null ? {} : { concurrencyKey: job.key }),
    get logger() {
      logger ??= site.logger.child({ jobId: job.id, job: job.name, attempt: job.attempt, claimId });
      return logger;
    },
  });
}

async function callHooks<Env>(
  site: Site<Env>,
  job: ClaimedJob,
  claimId: string,
  handler: Handler<Env>,
  signal: AbortSignal,
): Promise<void> {
  const logger = site.logger.child({ jobId: job.id, job: job.name, attempt: job.attempt, claimId, hook: job.hook });
  const status = await site.store.job(job.id);
  const result = status?.attempts.at(-1);
  const payload = await validatePayload(handler.definition.schema, job.payload);
  if (!result || !payload.ok) {
    logger.warn("hook left out", { reason: result ? "the stored payload does not fit its schema" : "the result has been removed" });
    return;
  }
  const context: HookContext<unknown, Env> = {
    result,
    payload: payload.value,
    env: site.env,
    jobs: site.jobs,
    signal,
    id: job.id,
    name: job.name,
    queue: job.queue,
    attempt: result.attempt,
    retries: job.retries,
    logger,
  };
  if (job.hook !== "errored") await handler.onAborted?.(context);
  if (job.hook !== "cancelled" && result.retryAt === undefined) await handler.onFailed?.(context);
}
