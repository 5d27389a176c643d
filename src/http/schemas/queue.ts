/**
 * Queues as they stand.
 * @module
 */
import * as v from "valibot";
import { count, text, time } from "./fields.ts";
import { pageQuery } from "./page.ts";

/** `QueueStatus` */
export const queueStatus = v.object({
  queue: text,
  pausedAt: v.exactOptional(time),
  ready: count,
  oldestMs: v.exactOptional(v.number()),
  running: count,
  scheduled: count,
});

/** `PageQuery` */
export const queuesQuery = v.strictObject(pageQuery);

/** What a pause, or its end, answers. */
export const paused = v.object({ name: text, paused: v.boolean() });
