/**
 * The queue's client: what a producer, and a handler, holds.
 * @module
 */
import { MayflyError } from "../core/errors.ts";
import type { JobDefinition } from "../core/job-definition.ts";
import type { EnqueueOptions, EnqueueResult, JobsClient } from "../core/jobs-client.ts";
import type { Store } from "../store/store.ts";
import { checkBatch, checkNow, checkOne, type EnqueueLimits, type Ids } from "./check.ts";
import { type CheckedJob, type EnqueueRequest, enqueue } from "./enqueue.ts";

export interface JobsOptions {
  readonly store: Store;
  readonly limits: EnqueueLimits;
  readonly ids: Ids;
  /** Told of jobs that went in and can run at once, so that somebody can wake a consumer. */
  readonly onReady?: (jobs: readonly CheckedJob[]) => void;
}

/** A client over a store. */
export function createJobs({ store, limits, ids, onReady }: JobsOptions): JobsClient {
  async function put(checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
    const results = await enqueue(store, checked);
    const ready = checked.filter(({ job }, index) => results[index]?.outcome === "enqueued" && isReady(job));
    if (ready.length > 0) onReady?.(ready);
    return results;
  }

  const client = {
    async enqueue(definition: JobDefinition, payload: unknown, options: EnqueueOptions = {}) {
      const [result] = await put([await checkOne({ definition, payload, options }, limits, ids)]);
      return result as EnqueueResult;
    },

    async enqueueMany(jobs: readonly (readonly [JobDefinition, unknown?, EnqueueOptions?])[]) {
      return await put(await checkBatch(jobs.map(toRequest), limits, ids));
    },

    statement(definition: JobDefinition, payload: unknown, { allowBlocked = false, ...options }: EnqueueOptions & { allowBlocked?: boolean } = {}) {
      if (definition.shouldEnqueue) {
        throw new MayflyError("invalid_config", `${definition.name} has a shouldEnqueue, which a statement cannot wait for. Use a limit.`);
      }
      const { job } = checkNow({ definition, payload, options }, limits, ids);
      return store.enqueueStatement([job], allowBlocked);
    },

    transaction: (statements: Parameters<JobsClient["transaction"]>[0]) =>
      store.transaction(statements.map(([text, params = []]) => [text, params])),

    get: (id: string) => store.job(id),
  };
  return client as unknown as JobsClient;
}

function toRequest([definition, payload, options = {}]: readonly [JobDefinition, unknown?, EnqueueOptions?]): EnqueueRequest {
  return { definition, payload, options };
}

function isReady({ delayMs, runAt }: CheckedJob["job"]): boolean {
  return runAt === null && (delayMs ?? 0) === 0;
}
