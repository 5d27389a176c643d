/**
 * One execution of a claimed job, or of the hook that `job.hook` names.
 * @module
 */
import type { MayflyError } from "../base/errors.ts";
import type { JsonValue } from "../base/json-value.ts";
import type { Deferral } from "../job/defer.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";

/** Names an attempt: plain data, which may go to another process. */
export interface ClaimOf<Job = ClaimedJob> {
  readonly job: Job;
  readonly claimId: string;
}

export interface Attempt extends ClaimOf {
  /** Aborts at the time-out, when the job is cancelled, and when its claim is lost. Made when it is first read. */
  readonly signal: AbortSignal;
}

/** What the code of a job returned, as plain data; of a hook, nothing. */
export interface Returned {
  readonly output?: JsonValue;
  /** Why the output is left out. */
  readonly problem?: string;
  readonly deferral?: Pick<Deferral, "delayMs" | "countsAsAttempt">;
}

/** How an attempt ended: its code returned or threw; the worker aborted it, for this reason; its process died under it, or was not there. */
export type AttemptEnd =
  | { readonly how: "returned"; readonly returned: Returned }
  | { readonly how: "threw" | "process_lost" | "not_started"; readonly error: unknown }
  | { readonly how: "aborted"; readonly error: MayflyError };

/** Runs the code of an attempt. Rejects with what the code threw, or with an error of `process-ends.ts`. */
export type Execute = (attempt: Attempt) => Promise<Returned>;
