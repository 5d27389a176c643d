/**
 * Queues that jobs are defined for are there too while they are empty.
 * @module
 */
import type { QueueStatus } from "../core/listing.ts";
import type { Site } from "./site.ts";

/** Those that were found, and the idle ones, by name. */
export function withIdle({ definitions }: Pick<Site, "definitions">, found: readonly QueueStatus[]): QueueStatus[] {
  const known = new Set(found.map(({ queue }) => queue));
  const idle = [...new Set([...definitions.values()].map(({ queue }) => queue))].filter((queue) => !known.has(queue));
  return [...found, ...idle.map((queue) => ({ queue, ready: 0, running: 0, scheduled: 0 }))].toSorted((a, b) =>
    a.queue < b.queue ? -1 : 1,
  );
}
