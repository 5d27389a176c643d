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
import { checkBatch, checkOne } from "./check.ts";
import { entered } from "./checked-job.ts";
import { enqueueOnce, type OnceRequest, type OnceResult } from "./enqueue-once.ts";
import { announce, createProducerClient, type ProducerClientOptions } from "./producer-client.ts";

/** The client as the HTTP API holds it. */
export interface OnceJobsClient extends JobsClient {
  /** As `enqueueMany`, for a request that may be repeated; with `alone`, the problems of its only job have the paths that `enqueue` gives them. */
  enqueueOnce(
    jobs: readonly (readonly [JobDefinition, unknown, EnqueueOptions?])[],
    request: OnceRequest & { readonly alone: boolean },
  ): Promise<OnceResult>;
}

export interface JobsOptions extends ProducerClientOptions<Store> {
  /** Called after a retry by hand that was enqueued. The answer does not name its queue. */
  readonly onRetried?: () => void;
}

/** A client over a store. */
export function createJobs(options: JobsOptions): OnceJobsClient {
  const { store, limits, ids, onReady, onRetried } = options;

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
      const { replayed, results } = await enqueueOnce(store, checked, request);
      if (!replayed) announce(entered(checked, results), onReady);
      return { replayed, results };
    },

    get: async (id) => await store.job(checkedId(id)),
    pending: (definition, options) => live(definition, false, options),
    running: (definition, options) => live(definition, true, options),
    cancel: async (id) => await store.cancel(checkedId(id)),
    async retry(id) {
      const result = await store.retry(checkedId(id), ids.newId());
      if (result.outcome === "enqueued") onRetried?.();
      return result;
    },
  };
}

function checkedId(id: string): string {
  if (isUuid(id)) return id;
  throw new MayflyError("invalid_options", `The id is ${JSON.stringify(String(id).slice(0, 64))}; it is a UUID.`);
}
