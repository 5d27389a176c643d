/**
 * The queue's client: what a producer, and a handler, holds.
 * @module
 */
import { isBetween } from "../base/bounds.ts";
import { MayflyError } from "../base/errors.ts";
import { isUuid } from "../base/ids.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions, JobsClient, LiveJob, LiveJobsOptions } from "../job/jobs-client.ts";
import type { Store } from "../store/store.ts";
import { announced, runnableAfter, runnableOf, SOME_WORK } from "./announce.ts";
import { checkBatch, checkOne } from "./check.ts";
import { enqueueOnce, type OnceRequest, type OnceResult } from "./enqueue-once.ts";
import { createProducerClient, isAnyEntered, type ProducerClientOptions } from "./producer-client.ts";

/** The client as the HTTP API holds it. */
export interface OnceJobsClient extends JobsClient {
  /** As `enqueueMany`, for a request that may be repeated; with `alone`, the problems of its only job have the paths that `enqueue` gives them. */
  enqueueOnce(
    jobs: readonly (readonly [JobDefinition, unknown, EnqueueOptions?])[],
    request: OnceRequest & { readonly alone: boolean },
  ): Promise<OnceResult>;
}

/** A client over a store. */
export function createJobs(options: ProducerClientOptions<Store>): OnceJobsClient {
  const { store, limits, ids, announce } = options;

  async function live({ name }: JobDefinition, running: boolean, options: LiveJobsOptions = {}): Promise<LiveJob[]> {
    const { concurrencyKey = null, except, limit = 100 } = options;
    if (!isBetween(limit, 1, 1_000)) throw new MayflyError("invalid_options", `limit is ${limit}; it is a whole number from 1 to 1000.`);
    const found = await store.liveJobs({ name, key: concurrencyKey, running, most: except === undefined ? limit : limit + 1 });
    return found.filter(({ id }) => id !== except).slice(0, limit);
  }

  return {
    ...createProducerClient(options),

    async enqueueOnce(jobs, { alone, ...request }) {
      const requests = jobs.map(([definition, payload, options = {}]) => ({ definition, payload, options }));
      const [first] = requests;
      const checked = alone && first ? [await checkOne(first, limits, ids)] : await checkBatch(requests, limits, ids);
      return await announced(
        announce,
        () => runnableOf(checked, ids.clock.now()),
        () => enqueueOnce(store, checked, request),
        ({ replayed, results }) => !replayed && isAnyEntered(results),
      );
    },

    get: async (id) => await store.job(checkedId(id)),
    pending: (definition, options) => live(definition, false, options),
    running: (definition, options) => live(definition, true, options),
    // A cancelled job may have a hook to run.
    async cancel(id) {
      const checked = checkedId(id);
      return await announced(
        announce,
        () => SOME_WORK,
        () => store.cancel(checked),
        (outcome) => outcome === "cancelled",
      );
    },
    async retry(id) {
      const checked = checkedId(id);
      return await announced(
        announce,
        () => SOME_WORK,
        () => store.retry(checked, ids.newId()),
        ({ outcome }) => outcome === "enqueued",
      );
    },
    wake: ({ delay } = {}) => announce?.(runnableAfter(delay, ids.clock.now()))("written"),
  };
}

function checkedId(id: string): string {
  if (isUuid(id)) return id;
  throw new MayflyError("invalid_options", `The id is ${JSON.stringify(String(id).slice(0, 64))}; it is a UUID.`);
}
