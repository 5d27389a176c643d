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
export function findWrongEntries(batch: unknown): Problem[] {
  const problems: Problem[] = [];
  const entries: readonly unknown[] = Array.isArray(batch) ? batch : [batch];
  for (const [index, entry] of entries.entries()) {
    if (isEntry(entry)) continue;
    const told = [entry].flat().map(show).join(", ") || "empty";
    problems.push({ path: ["jobs", index], message: `is ${told}; it is [definition, payload, options]` });
  }
  return problems;
}

function isEntry(entry: unknown): entry is BatchEntry {
  if (!Array.isArray(entry)) return false;
  const [definition, , options = {}] = entry as unknown[];
  return typeof definition === "object" && definition !== null && "handle" in definition && typeof options === "object";
}
