/**
 * All schedules of an application as one hash, by which deployments with different schedules are known apart.
 * @module
 */
import type { ScheduleEntry } from "./schedule.ts";

/**
 * A short text that is the same for the same schedules, in whatever order they are listed. Code that is not plain data
 * (a schedule of one's own, a payload made by a function) does not count.
 */
export function scheduleSetHash(entries: readonly ScheduleEntry[]): string {
  const texts = entries.map(({ name, when, timezone, withinMs, definition, missed, overlap, payload, options }) => {
    const fixed = typeof payload === "function" ? [] : [payload];
    return JSON.stringify([name, when, timezone, withinMs, definition.name, missed, overlap, fixed, options], sortKeys);
  });
  return fnv1a64(`[${texts.sort().join()}]`);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** FNV-1a of 64 bits over UTF-8, in hexadecimal: it need not resist anybody. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
