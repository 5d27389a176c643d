/**
 * Enqueueing for a producer that is bound by configuration.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { EnqueueResult } from "../job/jobs-client.ts";
import type { Store } from "../store/store.ts";
import { type AskedJob, findBeyond, type ProducerBounds } from "./producer-bounds.ts";

export interface BoundedProducer {
  /** As a sentence begins with it. */
  readonly who: string;
  /** Under which its live jobs are counted. */
  readonly name: string;
  readonly bounds: ProducerBounds;
  readonly store: Pick<Store, "producerJobs">;
  readonly now: number;
}

/**
 * Enqueues what is within the bounds.
 * @throws `forbidden` with all that is beyond them; `limited` where it has as many live jobs as it may
 */
export async function enqueueBounded<T extends { readonly results: readonly EnqueueResult[] }>(
  { who, name, bounds, store, now }: BoundedProducer,
  jobs: readonly AskedJob[],
  enqueue: () => Promise<T>,
): Promise<T> {
  const beyond = findBeyond(jobs, bounds, now);
  if (beyond.count > 0) throw beyond.error("forbidden", `${who} may not enqueue this`);
  const { liveJobs } = bounds;
  if (liveJobs === undefined) return await enqueue();
  const live = await store.producerJobs(name, [], liveJobs - jobs.length);
  if (live + jobs.length > liveJobs)
    throw new MayflyError(
      "limited",
      `${who} has ${live} live jobs; with ${jobs.length} more it would have more than the ${liveJobs} that it may. Nothing was enqueued: ask again, with the same ids or key, when some have ended.`,
    );
  const done = await enqueue();
  const entered = done.results.filter(({ outcome }) => outcome === "enqueued").map(({ id }) => id);
  if (entered.length > 0) await store.producerJobs(name, entered, liveJobs);
  return done;
}
