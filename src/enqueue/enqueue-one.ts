/**
 * Enqueueing a job.
 * @module
 */
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions, ProducerClient } from "../job/jobs-client.ts";
import { checkOne } from "./check.ts";
import { enqueueChecked, type Producing, withSource } from "./producing.ts";

/** The verb of a producer's client that enqueues one job. */
export function enqueueOne(producing: Producing): Pick<ProducerClient, "enqueue"> {
  const { limits, ids, callSite } = producing;
  const verbs: Pick<ProducerClient, "enqueue"> = {
    async enqueue(definition: JobDefinition, payload?: unknown, options?: EnqueueOptions) {
      const from = withSource(options, options?.source ?? callSite?.(verbs.enqueue));
      const [result] = await enqueueChecked(producing, [await checkOne({ definition, payload, options: from }, limits, ids)]);
      if (!result) throw new TypeError("an enqueue of one job answered none");
      return result;
    },
  };
  return verbs;
}
