/**
 * From counters by step of time and of duration to what a chart shows.
 * @module
 */
import type { JobAttempt } from "../job/jobs-client.ts";
import type { OverviewRange, Percentiles, ThroughputPoint } from "./listing.ts";

/** Attempts whose durations lie in one bucket; see `mayfly.duration_bucket`. */
export interface DurationCount {
  readonly bucket: number;
  readonly attempts: number;
}

/** Attempts of one outcome in one step of time. */
export interface OutcomeCount {
  /** When the step begins, in milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: JobAttempt["outcome"];
  readonly attempts: number;
}

const MINUTE = 60_000;

/** How far back each range goes, and its steps. */
export const RANGES: Readonly<Record<OverviewRange, { readonly backMs: number; readonly stepMs: number }>> = {
  hour: { backMs: 60 * MINUTE, stepMs: MINUTE },
  day: { backMs: 24 * 60 * MINUTE, stepMs: 15 * MINUTE },
  week: { backMs: 7 * 24 * 60 * MINUTE, stepMs: 60 * MINUTE },
};

/** One point a step, up to now. */
export function throughputOf(counts: readonly OutcomeCount[], range: OverviewRange, nowMs: number): ThroughputPoint[] {
  const { backMs, stepMs } = RANGES[range];
  const begin = (at: number) => Math.floor(at / stepMs) * stepMs;
  const points = new Map<number, Record<JobAttempt["outcome"], number>>();
  for (let at = begin(nowMs - backMs); at <= nowMs; at += stepMs) {
    points.set(at, { successful: 0, errored: 0, cancelled: 0, lost: 0, deferred: 0 });
  }
  for (const { at, outcome, attempts } of counts) {
    const point = points.get(begin(at));
    if (point) point[outcome] += attempts;
  }
  return [...points].map(([at, point]) => ({ at: new Date(at).toISOString(), ...point }));
}

/** Undefined where nothing was counted. */
export function percentilesOf(counts: readonly DurationCount[]): Percentiles | undefined {
  const sorted = counts.filter(({ attempts }) => attempts > 0).sort((a, b) => a.bucket - b.bucket);
  const total = sorted.reduce((sum, { attempts }) => sum + attempts, 0);
  return total === 0
    ? undefined
    : { p50: within(sorted, total * 0.5), p95: within(sorted, total * 0.95), p99: within(sorted, total * 0.99) };
}

/** The duration within which so many stayed: those of a bucket are taken as spread evenly over it. */
function within(sorted: readonly DurationCount[], wanted: number): number {
  let below = 0;
  for (const { bucket, attempts } of sorted) {
    if (below + attempts >= wanted) return Math.round(2 ** ((bucket + (wanted - below) / attempts) / 2));
    below += attempts;
  }
  return 0;
}
