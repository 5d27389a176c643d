/**
 * Enqueueing a batch.
 * @module
 */
import type { ProducerClient } from "../job/jobs-client.ts";
import { type BatchEntry, findWrongEntries } from "./batch.ts";
import { checkBatch, checkCount } from "./check-batch.ts";
import { enqueueChecked, type Producing, withSource } from "./producing.ts";

/** The verb of a producer's client that enqueues a batch. */
export function enqueueMany(producing: Producing): Pick<ProducerClient, "enqueueMany"> {
  const { limits, ids, callSite } = producing;
  const verbs: Pick<ProducerClient, "enqueueMany"> = {
    async enqueueMany(jobs) {
      if (Array.isArray(jobs)) checkCount(jobs.length, limits);
      const wrong = findWrongEntries(jobs);
      if (wrong.count > 0) throw wrong.error("invalid_options", "The batch cannot be enqueued");
      const given = jobs as readonly BatchEntry[];
      const source = given.every(([, , options]) => options?.source !== undefined) ? undefined : callSite?.(verbs.enqueueMany);
      const requests = given.map(([definition, payload, options]) => ({
        definition,
        payload,
        options: withSource(options, source),
      }));
      return await enqueueChecked(producing, await checkBatch(requests, limits, ids));
    },
  };
  return verbs;
}
