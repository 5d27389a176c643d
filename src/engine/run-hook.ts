/**
 * The hook of an attempt that has ended: a claim of its own, before any retry. Bounded in time and in tries.
 * @module
 */
import type { ClaimedJob } from "../core/claimed-job.ts";
import { isMayflyError } from "../core/errors.ts";
import type { Handler, HookContext } from "../core/handler.ts";
import type { Settlement } from "../core/outcome.ts";
import { validatePayload } from "../core/validate-payload.ts";
import type { Run } from "./run-job.ts";
import { watch } from "./watch.ts";
import type { Worker } from "./worker.ts";

/** Tries after which a hook is given up, those that killed their worker included. */
const TRIES = 3;
const RETRY_MS = 10_000;

/** Runs the hooks that are due for a claimed job. */
export function runHook<Env>(worker: Worker<Env>, job: ClaimedJob, claimId: string, handler: Handler<Env>): Run {
  const logger = worker.logger.child({ jobId: job.id, job: job.name, attempt: job.attempt, claimId, hook: job.hook });
  const name = `the hook of ${job.name}`;
  const { ended, returned, abort } = watch(worker.clock, { name, timeoutMs: handler.definition.timeoutMs }, async (signal) => {
    if (job.hookTries > TRIES) throw new Error(`${name} has not come to an end in ${TRIES} tries`);
    await callHooks(worker, job, handler, signal, logger);
  });
  const settlement = ended.then((end): Settlement | undefined => {
    if (!end.ok && isMayflyError(end.error, "claim_lost")) return undefined;
    const again = !end.ok && job.hookTries < TRIES;
    if (!end.ok) logger.error(again ? "hook failed" : "hook given up", { error: end.error, tries: job.hookTries });
    return { id: job.id, claimId, outcome: "hooked", againMs: again ? RETRY_MS : null, charge: false };
  });
  // What it tells of is over: a cancel does not stop it.
  const stop: Run["abort"] = (reason) => {
    if (reason.code !== "job_cancelled") abort(reason);
  };
  return { id: job.id, claimId, settlement, returned: settlement.then(() => returned), abort: stop };
}

async function callHooks<Env>(
  worker: Worker<Env>,
  job: ClaimedJob,
  handler: Handler<Env>,
  signal: AbortSignal,
  logger: HookContext<unknown, Env>["logger"],
): Promise<void> {
  const status = await worker.store.job(job.id);
  const result = status?.attempts.at(-1);
  const payload = await validatePayload(handler.definition.schema, job.payload);
  if (!result || !payload.ok) {
    logger.warn("hook left out", { reason: result ? "the stored payload does not fit its schema" : "the result has been removed" });
    return;
  }
  const context: HookContext<unknown, Env> = {
    result,
    payload: payload.value,
    env: worker.env,
    jobs: worker.jobs,
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
