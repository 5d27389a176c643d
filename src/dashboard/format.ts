/**
 * Numbers and times as people read them.
 * @module
 */
import { COUNT_CAP } from "../operate/listing.ts";

const NUMBER = new Intl.NumberFormat("en");
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function number(value: number): string {
  return NUMBER.format(value);
}

/** A count that stops somewhere: there it means that many or more. */
export function capped(value: number, cap = COUNT_CAP): string {
  return `${number(Math.min(value, cap))}${value >= cap ? "+" : ""}`;
}

/** "1 job", "3 jobs"; "10,000+ jobs" where counting has stopped. */
export function many(value: number, thing: string, cap = Number.POSITIVE_INFINITY): string {
  return `${capped(value, cap)} ${thing}${value === 1 ? "" : "s"}`;
}

/** A share of a whole, never rounded up to all of it. */
export function percent(part: number, whole: number): string {
  const share = (part / whole) * 100;
  return `${part === whole ? "100" : (Math.floor(share * 10) / 10).toFixed(1)}%`;
}

/** Bytes in the largest unit that fits. */
export function bytes(value: number): string {
  const [scaled, unit] = value < 1e6 ? [value / 1e3, "kB"] : value < 1e9 ? [value / 1e6, "MB"] : [value / 1e9, "GB"];
  return `${scaled < 10 ? scaled.toFixed(1) : number(Math.round(scaled))} ${unit}`;
}

/** A length of time in its two largest units. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1).replace(/\.0$/, "")} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return two(ms, MINUTE, "min", SECOND, "s");
  if (ms < DAY) return two(ms, HOUR, "h", MINUTE, "min");
  return two(ms, DAY, "d", HOUR, "h");
}

/** How long ago, or from now. */
export function relative(iso: string, now: number): string {
  const ms = Date.parse(iso) - now;
  const length = Math.abs(ms);
  if (length < SECOND) return "now";
  const text =
    length < MINUTE
      ? `${Math.floor(length / SECOND)} s`
      : length < HOUR
        ? `${Math.floor(length / MINUTE)} min`
        : length < DAY
          ? `${Math.floor(length / HOUR)} h`
          : `${Math.floor(length / DAY)} d`;
  return ms < 0 ? `${text} ago` : `in ${text}`;
}

/** The instant itself: "2026-11-25 09:59:37 UTC". */
export function instant(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The beginning of an id, enough to tell it from its neighbours: ids of one moment differ at their end. */
export function shortId(id: string): string {
  return `${id.slice(0, 8)}…${id.slice(-6)}`;
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ""}`;
}
