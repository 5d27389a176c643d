/**
 * The parts of the store that enqueue and count: all that a program needs which only enqueues.
 * @module
 */
import type { NewJob } from "../store/new-job.ts";
import type { CountStore, EnqueueStore } from "../store/store.ts";
import { type AskOptions, askOf } from "./ask.ts";
import { decodeLiveCount, decodeRefused } from "./decode.ts";
import type { Param } from "./driver/driver.ts";
import { encodeKind, encodeKindOf, encodeNewJobs } from "./encode.ts";
import * as statements from "./sql/statements.ts";

type Call = readonly [text: string, params: readonly Param[]];

/** Enqueues in the schema `mayfly` of the driver's database. */
export const enqueueStore = (options: AskOptions): EnqueueStore => storeOf(options, callOf);

/** The same for a program that enqueues one job a call. */
export const oneByOneStore = (options: AskOptions): EnqueueStore => storeOf(options, callOfOne);

function storeOf(options: AskOptions, call: (jobs: readonly NewJob[]) => Call): EnqueueStore {
  const { row } = askOf(options);
  return {
    async enqueue(jobs, callOptions) {
      const refused = decodeRefused(jobs, await row(...call(jobs), callOptions));
      return jobs.map(({ id }, index) => refused.get(index) ?? { id, outcome: "enqueued" });
    },
  };
}

/** The cheapest statement that enqueues these jobs. */
function callOf(jobs: readonly NewJob[]): Call {
  const kind = jobs.length > 1 ? encodeKind(jobs) : null;
  if (kind === null) return callOfOne(jobs);
  return [
    statements.enqueueGroup,
    [kind, `{${jobs.map(({ id }) => id).join(",")}}`, `[${jobs.map(({ payloadJson }) => payloadJson).join(",")}]`],
  ];
}

/** The cheapest for a job alone; right for any number. */
function callOfOne(jobs: readonly NewJob[]): Call {
  const [first] = jobs;
  const kind = first && jobs.length === 1 ? encodeKindOf(first) : null;
  return first && kind !== null
    ? [statements.enqueueOne, [kind, first.id, first.payloadJson]]
    : [statements.enqueueAll, [encodeNewJobs(jobs)]];
}

/** Counts in the schema `mayfly` of the driver's database. */
export function countStore(options: AskOptions): CountStore {
  const { rows } = askOf(options);
  return {
    async liveCounts(groups, callOptions) {
      const found = await rows(statements.liveCount, [JSON.stringify(groups)], callOptions);
      return found.map(decodeLiveCount);
    },
  };
}
