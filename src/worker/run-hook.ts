/**
 * The hook of an attempt that has ended: a claim of its own, before any retry. Bounded in time and in tries.
 * @module
 */
import { isMayflyError } from "../base/errors.ts";
import type { Handler } from "../job/handler.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Settlement } from "../store/settlement.ts";
import { executeHere } from "./execute.ts";
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
  const execute = worker.execute ?? executeHere(worker);
  const { ended, returned, abort } = watch(worker.clock, { name, timeoutMs: handler.definition.timeoutMs }, async (signal) => {
    if (job.hookTries > TRIES) throw new Error(`${name} has not come to an end in ${TRIES} tries`);
    await execute({ job, claimId }, signal);
  });
  const settlement = ended.then((end): Settlement | undefined => {
    if (!end.ok && isMayflyError(end.error, "claim_lost")) return undefined;
    const again = !end.ok && job.hookTries < TRIES;
    const settled: Settlement = { id: job.id, claimId, outcome: "hook_done", retryInMs: again ? RETRY_MS : null, countsAsAttempt: false };
    try {
      if (!end.ok) logger.error(again ? "hook failed" : "hook given up", { error: end.error, tries: job.hookTries });
    } catch {
      // A logger of a user's own threw: the hook has ended all the same.
    }
    return settled;
  });
  // What it tells of is over: a cancel does not stop it.
  const stop: Run["abort"] = (reason) => {
    if (reason.code !== "job_cancelled") abort(reason);
  };
  return { id: job.id, claimId, settlement, returned: settlement.then(() => returned), abort: stop };
}
