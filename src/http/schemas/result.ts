/**
 * Finished attempts, as lists show them.
 * @module
 */
import * as v from "valibot";
import { count, givenTime, outcome, smallint, text, time, uuid } from "./fields.ts";
import { pageQuery } from "./page.ts";

/** `ResultSummary` */
export const resultSummary = v.object({
  id: uuid,
  name: text,
  queue: text,
  outcome,
  priority: smallint,
  attempt: count,
  retries: count,
  concurrencyKey: v.exactOptional(text),
  runAt: time,
  createdAt: time,
  startedAt: v.exactOptional(time),
  finishedAt: time,
  retryAt: v.exactOptional(time),
  retriedAs: v.exactOptional(uuid),
  retryOf: v.exactOptional(uuid),
  workerId: v.exactOptional(uuid),
  createdBy: v.exactOptional(v.string()),
  error: v.exactOptional(v.object({ name: v.string(), message: v.string() })),
});

/** `ResultsQuery` */
export const resultsQuery = v.strictObject({
  ...pageQuery,
  outcome: v.exactOptional(outcome),
  name: v.exactOptional(text),
  queue: v.exactOptional(text),
  concurrencyKey: v.exactOptional(text),
  workerId: v.exactOptional(uuid),
  createdBy: v.exactOptional(text),
  final: v.exactOptional(v.pipe(v.boolean(), v.description("Only those after which nothing follows."))),
  isRetry: v.exactOptional(v.pipe(v.boolean(), v.description("Only those after a job's first, or of jobs made by a retry by hand."))),
  since: v.exactOptional(givenTime),
  until: v.exactOptional(givenTime),
});
