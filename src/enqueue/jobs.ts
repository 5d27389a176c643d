/**
 * The queue's client: what a producer, and a handler, holds.
 * @module
 */
import { isBetween } from "../base/bounds.ts";
import { callSite } from "../base/call-site.ts";
import { MayflyError } from "../base/errors.ts";
import { isUuid } from "../base/ids.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions, JobsClient, LiveJob, LiveJobsOptions } from "../job/jobs-client.ts";
import type { Store } from "../store/store.ts";
import { type Announce, announced, runnableAfter, runnableOf, SOME_WORK } from "./announce.ts";
import { checkOne } from "./check.ts";
import { checkBatch } from "./check-batch.ts";
import { isAnyEntered } from "./checked-job.ts";
import { enqueueMany } from "./enqueue-many.ts";
import { enqueueOnce, type OnceRequest, type OnceResult } from "./enqueue-once.ts";
import { enqueueOne } from "./enqueue-one.ts";
import type { Producing } from "./producing.ts";
import { decide } from "./should-enqueue.ts";
import { transactionVerbs } from "./transactions.ts";

/** The client as the HTTP API holds it. */
export interface OnceJobsClient extends JobsClient {
  /** As `enqueueMany`, for a request that may be repeated; with `alone`, the problems of its only job have the paths that `enqueue` gives them. */
  enqueueOnce(
    jobs: readonly (readonly [JobDefinition, unknown, EnqueueOptions?])[],
    request: OnceRequest & { readonly alone: boolean },
  ): Promise<OnceResult>;
}

export interface JobsOptions extends Pick<Producing<Store>, "store" | "limits" | "ids"> {
  /** Told of jobs that are put in, so that consumers can be woken. */
  readonly announce?: Announce | undefined;
}

/** A client over a store. */
export function createJobs({ store, limits, ids, announce }: JobsOptions): OnceJobsClient {
  const announcing: Producing["announcing"] = (jobs, write, isWritten) =>
    announced(announce, () => runnableOf(jobs, ids.clock.now()), write, isWritten);
  const producing = { store, limits, ids, decide, callSite, announcing };

  async function live({ name }: JobDefinition, running: boolean, options: LiveJobsOptions = {}): Promise<LiveJob[]> {
    const { concurrencyKey = null, except, limit = 100 } = options;
    if (!isBetween(limit, 1, 1_000)) throw new MayflyError("invalid_options", `limit is ${limit}; it is a whole number from 1 to 1000.`);
    const found = await store.liveJobs({ name, key: concurrencyKey, running, most: except === undefined ? limit : limit + 1 });
    return found.filter(({ id }) => id !== except).slice(0, limit);
  }

  return {
    ...enqueueOne(producing),
    ...enqueueMany(producing),
    ...transactionVerbs(producing),

    async enqueueOnce(jobs, { alone, ...request }) {
      const requests = jobs.map(([definition, payload, options = {}]) => ({ definition, payload, options }));
      const [first] = requests;
      const checked = alone && first ? [await checkOne(first, limits, ids)] : await checkBatch(requests, limits, ids);
      return await announcing(
        checked,
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
