/**
 * The queue's client: what a producer, and a handler, holds.
 * @module
 */
import { callSite } from "../core/call-site.ts";
import { MayflyError } from "../core/errors.ts";
import { isUuid } from "../core/ids.ts";
import { isBetween, type JobDefinition } from "../core/job-definition.ts";
import type { EnqueueOptions, EnqueueResult, JobsClient, LiveJob, LiveJobsOptions } from "../core/jobs-client.ts";
import type { Store } from "../store/store.ts";
import { checkBatch, checkNow, checkOne, type EnqueueLimits, type Ids } from "./check.ts";
import type { CheckedJob } from "./checked-job.ts";
import { enqueue } from "./enqueue.ts";
import { enqueueOnce, type OnceRequest, type OnceResult } from "./enqueue-once.ts";

export interface JobsOptions {
  readonly store: Store;
  readonly limits: EnqueueLimits;
  readonly ids: Ids;
  /** Told of jobs that went in and can run at once, so that somebody can wake a consumer. */
  readonly onReady?: (jobs: readonly CheckedJob[]) => void;
}

/** The client as the HTTP API holds it. */
export interface OnceJobsClient extends JobsClient {
  /** As `enqueueMany`, for a request that may be repeated; with `alone`, the problems of its only job are told as `enqueue` does. */
  enqueueOnce(
    jobs: readonly (readonly [JobDefinition, unknown, EnqueueOptions?])[],
    request: OnceRequest & { readonly alone: boolean },
  ): Promise<OnceResult>;
}

/** A client over a store. */
export function createJobs({ store, limits, ids, onReady }: JobsOptions): OnceJobsClient {
  /** Which job a statement of this client enqueues, to know after its transaction who is to be woken. */
  const jobsOfStatements = new WeakMap<object, CheckedJob>();

  function announce(entered: readonly CheckedJob[]): void {
    const ready = entered.filter(({ job }) => isReady(job));
    if (ready.length > 0) onReady?.(ready);
  }

  async function put(checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
    const results = await enqueue(store, checked);
    announce(entered(checked, results));
    return results;
  }

  async function live({ name }: JobDefinition, running: boolean, options: LiveJobsOptions = {}): Promise<LiveJob[]> {
    const { concurrencyKey = null, except, limit = 100 } = options;
    if (!isBetween(limit, 1, 1_000)) throw new MayflyError("invalid_options", `limit is ${limit}; it is a whole number from 1 to 1000.`);
    const found = await store.liveJobs({ name, key: concurrencyKey, running, most: except === undefined ? limit : limit + 1 });
    return found.filter(({ id }) => id !== except).slice(0, limit);
  }

  const client: OnceJobsClient = {
    async enqueue(definition, payload, options) {
      const from = withSource(options, options?.source ?? callSite(client.enqueue));
      const [result] = await put([await checkOne({ definition, payload, options: from }, limits, ids)]);
      if (!result) throw new TypeError("an enqueue of one job answered none");
      return result;
    },

    async enqueueMany(jobs) {
      const given = jobs as readonly (readonly [JobDefinition, unknown, EnqueueOptions?])[];
      const source = given.every(([, , options]) => options?.source !== undefined) ? undefined : callSite(client.enqueueMany);
      const requests = given.map(([definition, payload, options]) => ({
        definition,
        payload,
        options: withSource(options, source),
      }));
      return await put(await checkBatch(requests, limits, ids));
    },

    async enqueueOnce(jobs, { alone, ...request }) {
      const requests = jobs.map(([definition, payload, options = {}]) => ({ definition, payload, options }));
      const [first] = requests;
      const checked = alone && first ? [await checkOne(first, limits, ids)] : await checkBatch(requests, limits, ids);
      const { replayed, results } = await enqueueOnce(store, checked, request);
      if (!replayed) announce(entered(checked, results));
      return { replayed, results };
    },

    statement(definition, payload, { allowBlocked = false, ...given } = {}) {
      const options = withSource(given, given.source ?? callSite(client.statement));
      if (definition.shouldEnqueue) {
        throw new MayflyError("invalid_config", `${definition.name} has a shouldEnqueue, which a statement cannot wait for. Use a limit.`);
      }
      const checked = checkNow({ definition, payload, options }, limits, ids);
      const statement = store.enqueueStatement([checked.job], allowBlocked);
      jobsOfStatements.set(statement, checked);
      return statement;
    },

    async transaction(statements) {
      const result = await store.transaction(statements.map(([text, params = []]) => [text, params]));
      announce(statements.map((statement) => jobsOfStatements.get(statement)).filter((checked) => checked !== undefined));
      return result;
    },

    get: async (id) => await store.job(checkedId(id)),
    pending: (definition, options) => live(definition, false, options),
    running: (definition, options) => live(definition, true, options),
    cancel: async (id) => await store.cancel(checkedId(id)),
    retry: async (id) => await store.retry(checkedId(id), ids.newId()),
  };
  return client;
}

function entered(checked: readonly CheckedJob[], results: readonly EnqueueResult[]): CheckedJob[] {
  return checked.filter((_, index) => results[index]?.outcome === "enqueued");
}

function checkedId(id: string): string {
  if (isUuid(id)) return id;
  throw new MayflyError("invalid_options", `The id is ${JSON.stringify(String(id).slice(0, 64))}; it is a UUID.`);
}

function withSource(options: EnqueueOptions | undefined, source: string | undefined): EnqueueOptions {
  return source === undefined ? (options ?? {}) : { source, ...options };
}

function isReady({ delayMs, runAt }: CheckedJob["job"]): boolean {
  return runAt === null && (delayMs ?? 0) === 0;
}
