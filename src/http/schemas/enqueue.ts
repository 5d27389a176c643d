/**
 * What is enqueued, and what becomes of it.
 * @module
 */
import * as v from "valibot";
import { duration, json, smallint, text, uuid } from "./fields.ts";

/** What a job may say besides its name and payload. */
export const jobOptions = {
  id: v.exactOptional(v.pipe(uuid, v.description("A repeat with the same id does not enqueue again."))),
  queue: v.exactOptional(text),
  delay: v.exactOptional(duration),
  runAt: v.exactOptional(v.pipe(v.string(), v.description("A date instead of a delay, in ISO 8601."))),
  within: v.exactOptional(
    v.nullable(v.pipe(duration, v.description("Up to so much later than delay or runAt, from a second to a day, together with others."))),
  ),
  expiresAt: v.exactOptional(v.pipe(v.string(), v.description("A date instead of expiresIn, in ISO 8601."))),
  expiresIn: v.exactOptional(v.nullable(duration)),
  priority: v.exactOptional(smallint),
  retries: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32_766))),
  timeout: v.exactOptional(duration),
  concurrencyKey: v.exactOptional(v.nullable(v.pipe(v.string(), v.maxLength(255)))),
};

/** One job of a request. */
export const enqueueJob = v.strictObject({ name: text, payload: v.exactOptional(json), ...jobOptions });

/** One, or up to 1,000 of which none goes in where one is wrong. */
export const enqueueBody = v.union([enqueueJob, v.strictObject({ jobs: v.pipe(v.array(enqueueJob), v.minLength(1), v.maxLength(1_000)) })]);

/** `EnqueueResult` */
export const enqueueResult = v.object({
  id: uuid,
  outcome: v.picklist(["enqueued", "duplicate", "blocked", "limited", "skipped"]),
  existingId: v.exactOptional(uuid),
});

export const enqueueAnswer = v.union([enqueueResult, v.object({ jobs: v.array(enqueueResult) })]);

/** A repeat of a request under the same key is answered as the first time. */
export const idempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/, "is 1 to 255 visible ASCII characters"));
