/**
 * Schedules as the database has them.
 * @module
 */
import * as v from "valibot";
import { json, text, time, uuid } from "./fields.ts";

/** `ScheduleStatus` */
export const scheduleStatus = v.object({
  application: text,
  name: text,
  nextAt: v.exactOptional(time),
  lastAt: v.exactOptional(time),
  lastJobId: v.exactOptional(uuid),
  pausedAt: v.exactOptional(time),
  definition: json,
});
