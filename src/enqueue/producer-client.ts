/**
 * The client of a program that only enqueues: it resolves and checks each job, and enqueues them all in one round trip.
 * @module
 */
import { callSite } from "../base/call-site.ts";
import { MayflyError } from "../base/errors.ts";
import type { EnqueueOptions, EnqueueResult, ProducerClient } from "../job/jobs-client.ts";
import type { ProducerStore } from "../store/store.ts";
import { type Announce, announced, runnableOf } from "./announce.ts";
import { type BatchEntry, findWrongEntries } from "./batch.ts";
import { checkBatch, checkCount, checkNow, checkOne, type EnqueueLimits, type Ids } from "./check.ts";
import { type CheckedJob, toResult } from "./checked-job.ts";
import { decide } from "./should-enqueue.ts";

export interface ProducerClientOptions<Store extends ProducerStore = ProducerStore> {
  readonly store: Store;
  readonly limits: EnqueueLimits;
  readonly ids: Ids;
  /** Told of jobs that are put in, so that consumers can be woken. */
  readonly announce?: Announce | undefined;
}

/** A producer's client over a store. */
export function createProducerClient({ store, limits, ids, announce }: ProducerClientOptions<ProducerStore>): ProducerClient {
  /** The job that each statement of this client enqueues, so that its transaction can wake a consumer once it has committed. */
  const jobsOfStatements = new WeakMap<object, CheckedJob>();

  async function enqueue(checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
    const hasRule = checked.some(({ definition }) => definition.shouldEnqueue);
    return await announced(
      announce,
      () => runnableOf(checked, ids.clock.now()),
      () => (hasRule ? decide(store, checked) : enqueueAll(store, checked)),
      isAnyEntered,
    );
  }

  const client: ProducerClient = {
    async enqueue(definition, payload, options) {
      const from = withSource(options, options?.source ?? callSite(client.enqueue));
      const [result] = await enqueue([await checkOne({ definition, payload, options: from }, limits, ids)]);
      if (!result) throw new TypeError("an enqueue of one job answered none");
      return result;
    },

    async enqueueMany(jobs) {
      if (Array.isArray(jobs)) checkCount(jobs.length, limits);
      const wrong = findWrongEntries(jobs);
      if (wrong.count > 0) throw wrong.error("invalid_options", "The batch cannot be enqueued");
      const given = jobs as readonly BatchEntry[];
      const source = given.every(([, , options]) => options?.source !== undefined) ? undefined : callSite(client.enqueueMany);
      const requests = given.map(([definition, payload, options]) => ({
        definition,
        payload,
        options: withSource(options, source),
      }));
      return await enqueue(await checkBatch(requests, limits, ids));
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
      const jobs = statements.map((statement) => jobsOfStatements.get(statement)).filter((checked) => checked !== undefined);
      return await announced(
        announce,
        () => runnableOf(jobs, ids.clock.now()),
        () => store.transaction(statements.map(([text, params = []]) => [text, params])),
        () => true,
      );
    },
  };
  return client;
}

/** Enqueues jobs of which none has a `shouldEnqueue`. */
async function enqueueAll(store: ProducerStore, checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
  const replies = await store.enqueue(checked.map(({ job }) => job));
  return replies.map((reply, index) => toResult(reply, checked[index]?.ownId));
}

/** Whether any of the jobs went in. */
export function isAnyEntered(results: readonly EnqueueResult[]): boolean {
  return results.some(({ outcome }) => outcome === "enqueued");
}

function withSource(options: EnqueueOptions | undefined, source: string | undefined): EnqueueOptions {
  return source === undefined ? (options ?? {}) : { source, ...options };
}
