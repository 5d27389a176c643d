/**
 * Queues that jobs are defined for are there too while they are empty.
 * @module
 */
import type { JobDefinition } from "../job/job-definition.ts";
import type { QueueStatus } from "./listing.ts";

/** Those that were found, and the idle ones of these jobs, by name. */
export function withIdle(found: readonly QueueStatus[], definitions: Iterable<JobDefinition>): QueueStatus[] {
  const known = new Set(found.map(({ queue }) => queue));
  const idle = [...new Set([...definitions].map(({ queue }) => queue))].filter((queue) => !known.has(queue));
  return [...found, ...idle.map((queue) => ({ queue, ready: 0, running: 0, scheduled: 0 }))].toSorted((a, b) =>
    a.queue < b.queue ? -1 : 1,
  );
}
