/**
 * The hooks of an attempt that has ended, called with its result.
 * @module
 */
import { validatePayload } from "../enqueue/validate-payload.ts";
import type { Handler, HookContext } from "../job/handler.ts";
import type { Attempt, Returned } from "./attempt.ts";
import type { HandlerRuntime } from "./execute.ts";

/** Calls the hooks that fit the end of the attempt: `onAborted`, then `onFailed`. */
export async function callHooks<Env>(
  { env, jobs, store, logger }: HandlerRuntime<Env>,
  { job, claimId, signal }: Attempt,
  handler: Handler<Env>,
): Promise<Returned> {
  const hookLogger = logger.child({ jobId: job.id, job: job.name, attempt: job.attempt, claimId, hook: job.hook });
  const status = await store.job(job.id);
  const result = status?.attempts.at(-1);
  const payload = await validatePayload(handler.definition.schema, job.payload);
  if (!result || !payload.ok) {
    hookLogger.warn("hook left out", { reason: result ? "the stored payload does not fit its schema" : "the result has been removed" });
    return {};
  }
  const context: HookContext<unknown, Env> = {
    result,
    payload: payload.value,
    env,
    jobs,
    signal,
    id: job.id,
    name: job.name,
    queue: job.queue,
    attempt: result.attempt,
    retries: job.retries,
    logger: hookLogger,
  };
  if (job.hook !== "errored") await handler.onAborted?.(context);
  if (job.hook !== "cancelled" && result.retryAt === undefined) await handler.onFailed?.(context);
  return {};
}
