/**
 * A parameter of a user's own statement, in Postgres's text format: what query builders leave in their lists of parameters.
 * @module
 */
import type { Param } from "./driver/driver.ts";

/** As `pg` writes it: an array as an array, any other object as JSON. A date is in UTC. */
export function encodeParam(value: unknown): Param {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  if (Array.isArray(value)) return `{${value.map(encodeItem).join(",")}}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function encodeItem(item: unknown): string {
  const text = encodeParam(item);
  if (text === null) return "NULL";
  return Array.isArray(item) ? text : `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
