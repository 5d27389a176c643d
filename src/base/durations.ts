/**
 * Lengths of time as people write them.
 * @module
 */

/** Milliseconds, or text: "500ms", "30s", "10m", "2h", "1d", "1w", also put together: "1h30m". */
export type Duration = number | string;

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];
const UNIT_MS = new Map(UNITS);

/** Whole milliseconds; undefined for what is no `Duration`, malformed, negative or not finite. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (!/^(\d+(\.\d+)?(ms|[wdhms]))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)) {
    ms += Number(amount) * (UNIT_MS.get(unit) ?? 0);
  }
  return Number.isSafeInteger(Math.round(ms)) ? Math.round(ms) : undefined;
}

/** The duration as text, the way `parseDuration` reads it: `90000` is "1m30s". */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = "";
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text || "0ms";
}
