/**
 * A job on its way into the queue: asked for, checked, answered.
 * @module
 */
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions, EnqueueResult } from "../job/jobs-client.ts";
import type { NewJob } from "../store/new-job.ts";
import type { OnceJobReply } from "../store/store.ts";

/** One job asked for, not yet checked. */
export interface EnqueueRequest {
  readonly definition: JobDefinition;
  readonly payload: unknown;
  readonly options: EnqueueOptions;
}

/** One job that passed every check. */
export interface CheckedJob {
  readonly definition: JobDefinition;
  readonly job: NewJob;
  /** Its id was made for this call: nobody else can have enqueued it. */
  readonly ownId: boolean;
}

/**
 * The store's reply as a producer sees it. A producer never sees a conflict: the job is decided again first. A duplicate
 * of an id that was made for this call is this very call, whose first reply was lost, so the job was enqueued.
 */
export function toResult({ id, outcome, existingId }: OnceJobReply, ownId = false): EnqueueResult {
  if (outcome === "conflict") throw new TypeError(`job ${id} was refused by an expectation it does not have`);
  if (outcome === "duplicate" && ownId) return { id, outcome: "enqueued" };
  return { id, outcome, ...(existingId === undefined ? {} : { existingId }) };
}

/** Whether any of the jobs went in. */
export function isAnyEntered(results: readonly EnqueueResult[]): boolean {
  return results.some(({ outcome }) => outcome === "enqueued");
}
