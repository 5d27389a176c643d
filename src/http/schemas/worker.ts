/**
 * Workers: lives of consumers.
 * @module
 */
import * as v from "valibot";
import { count, time, uuid } from "./fields.ts";
import { pageQuery } from "./page.ts";

const state = v.picklist(["alive", "stale", "left"]);

/** `WorkerStatus` */
export const workerStatus = v.object({
  id: uuid,
  state,
  runtime: v.exactOptional(v.string()),
  host: v.exactOptional(v.string()),
  queues: v.array(v.string()),
  startedAt: time,
  heartbeatAt: time,
  deadlineAt: v.exactOptional(time),
  leftAt: v.exactOptional(time),
  running: count,
});

/** `WorkersQuery` */
export const workersQuery = v.strictObject({ ...pageQuery, state: v.exactOptional(state) });
