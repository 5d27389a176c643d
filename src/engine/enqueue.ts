/**
 * From what a producer asks for to rows in the queue: resolve and check everything, then one round trip.
 * @module
 */

import type { JobDefinition } from "../core/job-definition.ts";
import type { EnqueueOptions, EnqueueResult } from "../core/jobs-client.ts";
import type { NewJob } from "../core/new-job.ts";
import type { EnqueueVerdict, Store } from "../store/store.ts";
import { decide } from "./should-enqueue.ts";

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
 * Puts the jobs into the queue, in order, and says of each what became of it.
 * @throws `contended` when the counts that `shouldEnqueue` decided on were overtaken five times in a row
 */
export async function enqueue(store: Store, checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
  if (checked.some(({ definition }) => definition.shouldEnqueue)) return await decide(store, checked);
  const verdicts = await store.enqueue(checked.map(({ job }) => job));
  return verdicts.map((verdict, index) => toResult(verdict, checked[index]?.ownId));
}

/**
 * A verdict as a producer sees it. A conflict is not one of them: it is decided again first. A duplicate of an id that
 * was made for this call is this very call, whose first reply was lost.
 */
export function toResult({ id, outcome, existingId }: EnqueueVerdict, ownId = false): EnqueueResult {
  if (outcome === "conflict") throw new TypeError(`job ${id} was refused by an expectation it does not have`);
  if (outcome === "duplicate" && ownId) return { id, outcome: "enqueued" };
  return { id, outcome, ...(existingId === undefined ? {} : { existingId }) };
}
