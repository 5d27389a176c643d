/**
 * From what a producer asks for to rows in the queue: resolve and check everything, then one round trip.
 * @module
 */
import type { EnqueueResult } from "../job/jobs-client.ts";
import type { ProducerStore } from "../store/store.ts";
import { type CheckedJob, toResult } from "./checked-job.ts";
import { decide } from "./should-enqueue.ts";

/**
 * Puts the jobs into the queue, in order, and says of each what became of it.
 * @throws `contended` when the counts that `shouldEnqueue` decided on were overtaken five times in a row
 */
export async function enqueue(store: ProducerStore, checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
  if (checked.some(({ definition }) => definition.shouldEnqueue)) return await decide(store, checked);
  const replies = await store.enqueue(checked.map(({ job }) => job));
  return replies.map((reply, index) => toResult(reply, checked[index]?.ownId));
}
