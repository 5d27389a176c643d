/**
 * The queue in numbers.
 * @module
 */
import * as v from "valibot";
import { count, text, time } from "./fields.ts";
import { queueStatus } from "./queue.ts";

const finished = { successful: count, errored: count, cancelled: count, lost: count, deferred: count };
const live = { ready: count, scheduled: count, running: count, throttled: count, parked: count, hooks: count };
const usage = { roundTrips: count, jobs: count, bytes: count, ms: count };
const dayUsage = v.object({ ...usage, awakeMs: count });
const workers = v.object({ alive: count, stale: count });
const percentiles = v.object({ p50: v.number(), p95: v.number(), p99: v.number() });

/** `Stats` */
export const stats = v.object({
  queues: v.array(v.object({ queue: text, pausedAt: v.exactOptional(time), ...live, ...finished })),
  workers,
  usage: dayUsage,
});

/** `OverviewQuery` */
export const overviewQuery = v.strictObject({
  range: v.exactOptional(v.picklist(["hour", "day", "week"])),
  queue: v.exactOptional(text),
});

/** `Overview` */
export const overview = v.object({
  at: time,
  stepMs: count,
  throughput: v.array(v.object({ at: time, ...finished })),
  retries: count,
  wait: v.exactOptional(percentiles),
  run: v.exactOptional(percentiles),
  queues: v.array(queueStatus),
  moreQueues: v.boolean(),
  workers,
  usage: dayUsage,
  lastSeenMs: v.exactOptional(v.number()),
  overdueMs: v.exactOptional(v.number()),
  unknownNames: v.array(v.string()),
});

/** `TickReport` */
export const tickResult = v.object({
  turns: count,
  claimed: count,
  successful: count,
  errored: count,
  cancelled: count,
  deferred: count,
  claimsLost: count,
  setAside: count,
  lost: count,
  expired: count,
  nextInMs: v.nullable(v.number()),
  left: v.boolean(),
  failed: v.array(v.object({ duty: v.string(), sqlState: v.string(), message: v.string() })),
  usage: v.object(usage),
});
