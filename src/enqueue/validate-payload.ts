/**
 * Checking a payload against a Standard Schema: at the enqueue, and again when the job runs, since the row may be
 * older than the code. What is wrong is told by path and rule, never with the value.
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { Problems } from "../base/problems.ts";
import { withoutValues } from "./without-values.ts";

/** The schema's output, or everything it found wrong. */
export type PayloadResult<Output = unknown> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly problems: Problems };

/** Checks a value; at once where the schema does, else in a promise. Without a schema every value is right. */
export function validatePayload<Output>(
  schema: StandardSchemaV1<unknown, Output> | undefined,
  value: unknown,
): PayloadResult<Output> | Promise<PayloadResult<Output>> {
  if (!schema) return { ok: true, value: value as Output };
  try {
    const result = schema["~standard"].validate(value);
    return result instanceof Promise ? result.then((settled) => toResult(settled, value), toProblem) : toResult(result, value);
  } catch (error) {
    return toProblem(error);
  }
}

function toResult<Output>(result: StandardSchemaV1.Result<Output>, value: unknown): PayloadResult<Output> {
  if (!result.issues) return { ok: true, value: result.value };
  const problems = new Problems();
  for (const issue of result.issues) problems.add((issue.path ?? []).map(segment), withoutValues(issue, value));
  return { ok: false, problems };
}

function segment(part: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof part === "object" ? part.key : part;
  return typeof key === "symbol" ? String(key) : key;
}

function toProblem(error: unknown): PayloadResult<never> {
  const problems = new Problems();
  // Its message may hold what it was called with.
  problems.add([], `the schema itself failed with ${error instanceof Error ? error.name : "something that is no error"}`);
  return { ok: false, problems };
}
