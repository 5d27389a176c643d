/**
 * A schedule's job now, besides its ticks.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { BatchJob, EnqueueOptions } from "../job/jobs-client.ts";
import type { ScheduleEntry } from "./schedule.ts";
import { tickPayload } from "./tick-payload.ts";

/** Who runs it. With an id, asking again does not enqueue again. */
export type RunBy = Pick<EnqueueOptions, "createdBy" | "id">;

/**
 * What a tick at this moment would enqueue. Its ticks, and a pause, stay as they are.
 * @throws `invalid_payload` where the schedule's own rule makes none of this moment
 */
export function jobNow(entry: ScheduleEntry, now: Date, by: RunBy): BatchJob<never> {
  const { definition, options, source } = entry;
  const made = tickPayload(entry, now);
  if (!made.ok) throw new MayflyError("invalid_payload", `The schedule ${JSON.stringify(entry.name)} made no payload: ${made.problem}`);
  return [definition, made.payload as never, { ...options, ...(source === undefined ? {} : { source }), ...by }];
}
