/**
 * A batch as it was passed in, before anything of it is read.
 * @module
 */
import { Problems, show, someOf } from "../base/problems.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions } from "../job/jobs-client.ts";

/** A job of a batch, whatever its payload is. */
export type BatchEntry = readonly [definition: JobDefinition, payload: unknown, options?: EnqueueOptions | undefined];

/** Problems of entries that are not `[definition, payload, options]`. A value that is not an array is reported as a single bad entry. */
export function findWrongEntries(batch: unknown): Problems {
  const problems = new Problems();
  const entries: readonly unknown[] = Array.isArray(batch) ? batch : [batch];
  for (const [index, entry] of entries.entries()) {
    if (isEntry(entry)) continue;
    problems.add(["jobs", index], `is ${someOf([entry].flat().slice(0, 21).map(show)) || "empty"}; it is [definition, payload, options]`);
  }
  return problems;
}

function isEntry(entry: unknown): entry is BatchEntry {
  if (!Array.isArray(entry)) return false;
  const [definition, , options = {}] = entry as unknown[];
  return typeof definition === "object" && definition !== null && "handle" in definition && typeof options === "object";
}
