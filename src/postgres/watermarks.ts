/**
 * How far a worker's index scans have come: for each range of priorities, since when the jobs looked for have been ready.
 * Dead rows lie below a watermark, and a scan that starts there does not read them.
 * @module
 */
import type { Watermarks } from "../store/turn.ts";

/** Ranges of priorities, from the highest to the lowest, without a gap. Times are ISO 8601, or `-infinity`. */
export interface ScanRanges {
  readonly ready: readonly ScanRange[];
  /** The same of scheduled jobs, whatever their priority. */
  readonly due: string;
}

interface ScanRange {
  readonly least: number;
  readonly most: number;
  readonly since: string;
}

/** How far the scan of a turn came. */
export interface Scan {
  /** Of each priority that it claimed from, when the oldest job claimed had become ready. */
  readonly taken: ReadonlyMap<number, string>;
  /** Of each priority, when the oldest job became ready that was met, and is still ready. */
  readonly leftBehind: ReadonlyMap<number, string>;
  /** When the earliest job became ready that this turn itself made so; null: none. */
  readonly readyFrom: string | null;
  /** It came to the end of every range. */
  readonly exhausted: boolean;
  /** The database's clock, and when the next scheduled job is due; null: not asked. */
  readonly now: string | null;
  readonly nextDue: string | null;
}

const EVERYTHING: ScanRanges = { ready: [{ least: -32_768, most: 32_767, since: "-infinity" }], due: "-infinity" };
/** More ranges cost more than they save. */
const MAX_RANGES = 40;
/** A job is seen only once its enqueue commits: where nothing was found, this much is scanned again. */
const COMMIT_MS = 2_000;

/** The ranges that a worker's watermarks stand for, each from `readyFrom` at the latest: milliseconds since 1970. */
export function rangesOf(watermarks: Watermarks | null, readyFrom: number | null): ScanRanges {
  if (watermarks === null) return EVERYTHING;
  const ranges = watermarks as unknown as ScanRanges;
  if (readyFrom === null) return ranges;
  // What a time has below a millisecond is cut off in both.
  const from = new Date(readyFrom - 1).toISOString();
  return { ...ranges, ready: ranges.ready.map((range) => ({ ...range, since: earlier(range.since, from) })) };
}

/** As `mayfly.watermarks` is written. */
export function encodeRanges({ ready, due }: ScanRanges): string {
  const list = (values: readonly (string | number)[]) => `"{${values.join(",")}}"`;
  const since = ready.map((range) => `""${range.since}""`);
  return `(${list(ready.map(({ least }) => least))},${list(ready.map(({ most }) => most))},${list(since)},"${due}")`;
}

/** Where the next scan starts. */
export function advance({ ready, due }: ScanRanges, scan: Scan): Watermarks {
  const met = [...scan.taken.keys(), ...scan.leftBehind.keys()];
  const ranges = split(ready, met);
  const lowest = scan.exhausted ? Number.NEGATIVE_INFINITY : Math.min(...scan.taken.keys());
  const recent = scan.now === null ? null : new Date(Date.parse(scan.now) - COMMIT_MS).toISOString();
  const next = ranges.map((range) => {
    const taken = scan.taken.get(range.least);
    const left = scan.leftBehind.get(range.least);
    let since = earlier(range.since, scan.readyFrom);
    if (taken !== undefined) since = later(since, taken);
    else if (range.least > lowest && recent !== null) since = later(since, recent);
    return { ...range, since: left === undefined ? since : earlier(since, left) };
  });
  const nextDue = scan.now === null ? due : earlier(scan.now, scan.nextDue);
  const following: ScanRanges = next.length > MAX_RANGES ? EVERYTHING : { ready: next, due: nextDue };
  return following as unknown as Watermarks;
}

/** Gives each of these priorities a range of its own. */
function split(ranges: readonly ScanRange[], priorities: readonly number[]): ScanRange[] {
  return ranges.flatMap((range) => {
    const inside = [...new Set(priorities)].filter((priority) => range.least <= priority && priority <= range.most);
    if (inside.length === 0 || range.least === range.most) return [range];
    const parts: ScanRange[] = [];
    let { most } = range;
    for (const priority of inside.sort((a, b) => b - a)) {
      if (most > priority) parts.push({ ...range, least: priority + 1, most });
      parts.push({ ...range, least: priority, most: priority });
      most = priority - 1;
    }
    if (most >= range.least) parts.push({ ...range, most });
    return parts;
  });
}

function later(a: string, b: string): string {
  return isBefore(a, b) ? b : a;
}

function earlier(a: string, b: string | null): string {
  return b !== null && isBefore(b, a) ? b : a;
}

/** To the millisecond by their time, below it by their digits, which both have in the same form. */
function isBefore(a: string, b: string): boolean {
  if (a === "-infinity" || b === "-infinity") return a === "-infinity" && b !== "-infinity";
  const [at, bt] = [Date.parse(a), Date.parse(b)];
  return at === bt ? a < b : at < bt;
}
