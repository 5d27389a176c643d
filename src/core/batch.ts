/**
 * A batch as it was passed in, before anything of it is read.
 * @module
 */
import { show } from "./enqueue-options.ts";
import type { Problem } from "./errors.ts";
import type { JobDefinition } from "./job-definition.ts";
import type { EnqueueOptions } from "./jobs-client.ts";

/** A job of a batch, whatever its payload is. */
export type BatchEntry = readonly [definition: JobDefinition, payload: unknown, options?: EnqueueOptions | undefined];

/** Every entry that is none; what is no list is told of as its only one. */
export function findStrangers(batch: unknown): Problem[] {
  return [batch].flat().flatMap((entry, index) => {
    const parts: unknown[] = [entry].flat();
    const [definition, , options = {}] = parts as [JobDefinition?, unknown?, unknown?];
    if (Array.isArray(entry) && definition?.handle && typeof options === "object") return [];
    return { path: ["jobs", index], message: `is ${parts.map(show).join(", ") || "empty"}; it is [definition, payload, options]` };
  });
}
