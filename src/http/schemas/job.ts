/**
 * Jobs as they are told of: one with all its attempts, live ones as lists show them.
 * @module
 */
import * as v from "valibot";
import { count, givenTime, json, outcome, smallint, text, time, uuid } from "./fields.ts";
import { pageQuery } from "./page.ts";

const attempt = v.object({
  attempt: count,
  outcome,
  startedAt: v.exactOptional(time),
  finishedAt: time,
  retryAt: v.exactOptional(time),
  retriedAs: v.exactOptional(uuid),
  workerId: v.exactOptional(uuid),
  error: v.exactOptional(v.object({ name: v.string(), message: v.string(), stack: v.exactOptional(v.string()) })),
  output: v.exactOptional(json),
});

const common = {
  id: uuid,
  name: text,
  queue: text,
  reason: v.exactOptional(v.picklist(["due", "parked", "throttled"])),
  priority: smallint,
  attempt: count,
  retries: count,
  concurrencyKey: v.exactOptional(text),
  runAt: time,
  createdAt: time,
  startedAt: v.exactOptional(time),
  expiresAt: v.exactOptional(time),
  cancelRequestedAt: v.exactOptional(time),
  workerId: v.exactOptional(uuid),
  createdBy: v.exactOptional(v.string()),
  source: v.exactOptional(v.string()),
};

const liveStates = ["scheduled", "ready", "running"] as const;

/** `JobStatus` */
export const jobStatus = v.object({
  ...common,
  state: v.picklist([...liveStates, ...outcome.options]),
  finishedAt: v.exactOptional(time),
  retryOf: v.exactOptional(uuid),
  retriedAs: v.exactOptional(uuid),
  traceparent: v.exactOptional(v.string()),
  payload: json,
  attempts: v.array(attempt),
});

/** `JobSummary` */
export const jobSummary = v.object({ ...common, state: v.picklist(liveStates) });

/** `LiveQuery` */
export const liveQuery = v.strictObject({
  ...pageQuery,
  state: v.exactOptional(v.picklist(["waiting", ...liveStates, "throttled", "parked"])),
  name: v.exactOptional(text),
  queue: v.exactOptional(text),
  concurrencyKey: v.exactOptional(text),
  workerId: v.exactOptional(uuid),
  createdBy: v.exactOptional(text),
  since: v.exactOptional(givenTime),
  until: v.exactOptional(givenTime),
});

/** Of a job that there is. */
export const cancelResult = v.object({ outcome: v.picklist(["cancelled", "requested", "finished"]) });

/** `RetryResult` */
export const retryResult = v.object({
  outcome: v.picklist(["enqueued", "already", "blocked", "live", "unknown"]),
  id: v.exactOptional(uuid),
});

/** Which of many to run once more. */
export const retryMany = v.strictObject({ ids: v.pipe(v.array(uuid), v.minLength(1), v.maxLength(500)) });
