/**
 * The end of a hook: a claim of its own after the attempt that it is about, and before any retry. Bounded in time and in tries.
 * @module
 */
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Settlement } from "../store/settlement.ts";
import type { AttemptEnd, ClaimOf } from "./attempt.ts";
import { settleReleased } from "./outcome.ts";
import type { Worker } from "./worker.ts";

/** A hook is given up after so many tries; a try that killed its worker counts too. */
const MAX_TRIES = 3;
const RETRY_MS = 10_000;

/** Whether the job's hook has been started too often to be started again. */
export function isWornOut({ hook, hookTries }: ClaimedJob): boolean {
  return hook !== null && hookTries > MAX_TRIES;
}

/** The end of a hook that is not started again. */
export function giveUpHook<Env>(worker: Pick<Worker<Env>, "logger">, attempt: ClaimOf): Settlement {
  return hookFailed(worker, attempt, new Error(`the hook of ${attempt.job.name} has not come to an end in ${MAX_TRIES} tries`));
}

/** Undefined: its claim is lost, and there is nothing to settle. */
export function settleHook<Env>(worker: Pick<Worker<Env>, "logger">, attempt: ClaimOf, end: AttemptEnd): Settlement | undefined {
  if (end.how === "returned") return hookDone(attempt, null);
  if (end.how === "not_started") return settleReleased(attempt);
  return end.how === "aborted" && end.error.code === "claim_lost" ? undefined : hookFailed(worker, attempt, end.error);
}

function hookFailed<Env>({ logger }: Pick<Worker<Env>, "logger">, attempt: ClaimOf, error: unknown): Settlement {
  const { job, claimId } = attempt;
  const again = job.hookTries < MAX_TRIES;
  try {
    const fields = { jobId: job.id, job: job.name, attempt: job.attempt, claimId, hook: job.hook };
    logger.child(fields).error(again ? "hook failed" : "hook given up", { error, tries: job.hookTries });
  } catch {
    // A logger of the user's threw: the hook has ended all the same.
  }
  return hookDone(attempt, again ? RETRY_MS : null);
}

function hookDone({ job, claimId }: ClaimOf, retryInMs: number | null): Settlement {
  return { id: job.id, claimId, outcome: "hook_done", retryInMs, countsAsAttempt: false };
}
