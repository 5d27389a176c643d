/**
 * Payloads and outputs without what nobody is to read.
 * @module
 */
import type { JsonValue } from "../base/json-value.ts";

/** Shown instead of a value. */
const REDACTED = "•••";

/** A copy in which properties of these names, in lower case, have lost their values; at any depth. */
export function redact(value: JsonValue, names: ReadonlySet<string>): JsonValue {
  if (names.size === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part: JsonValue) => redact(part, names));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]: [string, JsonValue]) => [
      name,
      names.has(name.toLowerCase()) ? REDACTED : redact(part, names),
    ]),
  );
}
