/**
 * What is kept of what a handler returned: all that JSON can tell, and in the place of what it cannot, a text that says so.
 * @module
 */
import { byteLength, findNonJson, type JsonValue } from "../base/json-value.ts";
import { Problems } from "../base/problems.ts";
import type { Returned } from "./attempt.ts";

const NOTHING: Returned = Object.freeze({});
/** As deep as JSON values may be. */
const DEEPEST = 200;

/**
 * The output as JSON. A date, and whatever has a `toJSON`, is what `JSON.stringify` makes of it; a bigint is text. What JSON cannot tell, or is too large, is
 * left out: a text in its place says what it was, and `problem` says so too.
 */
export function keepOutput(output: unknown, maxBytes: number): Returned {
  if (output === undefined) return NOTHING;
  const problems = new Problems();
  const value = isJson(output) ? output : tell(output, [], new Set(), problems);
  if (value === undefined) return NOTHING;
  const bytes = byteLength(JSON.stringify(value));
  if (bytes > maxBytes) {
    const why = `${bytes} bytes of JSON, and at most ${maxBytes} are kept`;
    return { output: leftOut(why), problem: `output is ${why}` };
  }
  return problems.count === 0 ? { output: value } : { output: value, problem: problems.list() };
}

function isJson(output: unknown): output is JsonValue {
  try {
    return findNonJson(output).count === 0;
  } catch {
    return false;
  }
}

/** Undefined: nothing, as an absent property. */
function tell(part: unknown, path: readonly (string | number)[], above: Set<unknown>, problems: Problems): JsonValue | undefined {
  const refuse = (what: string): string => {
    problems.add(["output", ...path], `${what} is left out: JSON cannot hold it`);
    return leftOut(what);
  };
  try {
    if (part === undefined || part === null) return part;
    if (typeof part === "bigint") return String(part);
    if (typeof part !== "object") return findNonJson(part).count === 0 ? (part as JsonValue) : refuse(nameOf(part));
    if (above.has(part)) return refuse("what contains itself");
    if (path.length === DEEPEST) return refuse(`what is nested more than ${DEEPEST} deep`);
    above.add(part);
    try {
      if ("toJSON" in part && typeof part.toJSON === "function") return tell(part.toJSON(path.at(-1) ?? ""), path, above, problems);
      if (Array.isArray(part)) return part.map((one, index) => tell(one, [...path, index], above, problems) ?? null);
      if (part instanceof Map || part instanceof Set || ArrayBuffer.isView(part) || part instanceof Promise) return refuse(nameOf(part));
      const told: Record<string, JsonValue> = {};
      for (const key of Object.keys(part)) {
        if (findNonJson(key).count > 0) {
          refuse("a property whose name is no text");
          continue;
        }
        const value = tellProperty(part, key, [...path, key], above, problems);
        if (value !== undefined) Object.defineProperty(told, key, { value, enumerable: true });
      }
      return told;
    } finally {
      above.delete(part);
    }
  } catch {
    return refuse("what cannot be read");
  }
}

function tellProperty(part: object, key: string, path: readonly (string | number)[], above: Set<unknown>, problems: Problems) {
  let value: unknown;
  try {
    value = (part as Record<string, unknown>)[key];
  } catch {
    problems.add(["output", ...path], "what cannot be read is left out");
    return leftOut("what cannot be read");
  }
  return tell(value, path, above, problems);
}

function nameOf(part: unknown): string {
  if (typeof part === "string") return "text that Postgres cannot store";
  if (typeof part === "number") return String(part);
  return typeof part === "object" && part !== null ? `a ${part.constructor?.name ?? "value"}` : `a ${typeof part}`;
}

function leftOut(what: string): string {
  return `(left out: ${what})`;
}
