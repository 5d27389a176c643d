/**
 * A schedule's job now, besides its ticks.
 * @module
 */
import { MayflyError } from "../core/errors.ts";
import type { EnqueueOptions, EnqueueResult, JobsClient } from "../core/jobs-client.ts";
import type { ScheduleEntry } from "../core/schedule.ts";
import { tickPayload } from "../core/tick-payload.ts";

/** Who runs it. With an id, asking again does not enqueue again. */
export type RunBy = Pick<EnqueueOptions, "createdBy" | "id">;

/**
 * Enqueues what a tick at this moment would. Its ticks, and a pause, stay as they are.
 * @throws `invalid_payload` where the schedule's own rule makes none of this moment; what `enqueue` does
 */
export async function runSchedule(jobs: JobsClient, entry: ScheduleEntry, now: Date, by: RunBy): Promise<EnqueueResult> {
  const { definition, options, source } = entry;
  const made = tickPayload(entry, now);
  if (!made.ok) throw new MayflyError("invalid_payload", `The schedule ${JSON.stringify(entry.name)} made no payload: ${made.problem}`);
  return await jobs.enqueue(definition, made.payload as never, {
    ...options,
    ...(source === undefined ? {} : { source }),
    ...by,
  });
}
