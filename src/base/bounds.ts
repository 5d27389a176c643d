/**
 * Bounds of texts and numbers.
 * @module
 */

/** Most characters in a name, a queue or a key. */
export const MAX_TEXT = 255;

/** Bounds of a Postgres smallint. */
export const SMALLINT = { least: -32_768, most: 32_767 };

/** Timers hold a signed 32-bit number of milliseconds. */
export const MAX_TIMEOUT_MS = 2_147_483_647;

/** Whether it is text that a name, queue or key may be. */
export function isText(value: unknown, most = MAX_TEXT): value is string {
  return typeof value === "string" && value !== "" && value.length <= most && !value.includes("\0") && value.isWellFormed();
}

/** Whether it is a whole number within the bounds. */
export function isBetween(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
