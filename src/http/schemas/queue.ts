/**
 * Queues as they stand.
 * @module
 */
import * as v from "valibot";
import { count, text, time } from "./fields.ts";

/** `QueueStatus` */
export const queueStatus = v.object({
  queue: text,
  pausedAt: v.exactOptional(time),
  ready: count,
  oldestMs: v.exactOptional(v.number()),
  running: count,
  scheduled: count,
});

/** What a pause, or its end, answers. */
export const paused = v.object({ name: text, paused: v.boolean() });
