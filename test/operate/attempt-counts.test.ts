/**
 * Percentiles from buckets of durations, points from counters.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { percentilesOf, throughputOf } from "../../src/operate/attempt-counts.ts";

/** As `mayfly.duration_bucket` does. */
const bucketOf = (ms: number) => Math.floor(2 * Math.log2(Math.max(ms, 1)));

test("a percentile is never further off than a bucket is wide", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 500 }), (durations) => {
      const sorted = [...durations].sort((a, b) => a - b);
      const counts = durations.map((ms) => ({ bucket: bucketOf(ms), attempts: 1 }));
      const found = percentilesOf(counts);
      for (const [name, share] of [
        ["p50", 0.5],
        ["p95", 0.95],
        ["p99", 0.99],
      ] as const) {
        const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
        const told = found?.[name] ?? 0;
        assert.ok(told >= exact / Math.SQRT2 - 1 && told <= exact * Math.SQRT2 + 1, `${name} ${told}, exactly ${exact}`);
      }
    }),
  );
});

test("where nothing was counted there are no percentiles", () => {
  assert.equal(percentilesOf([]), undefined);
});

test("points are a step apart and what is older than the range is left out", () => {
  const now = Date.parse("2026-01-01T12:00:30Z");
  const points = throughputOf(
    [
      { at: now - 59 * 60_000, outcome: "lost", attempts: 2 },
      { at: now - 62 * 60_000, outcome: "lost", attempts: 9 },
      { at: now, outcome: "successful", attempts: 1 },
    ],
    "hour",
    now,
  );
  assert.deepEqual([points.length, points[0]?.at, points.at(-1)?.at], [61, "2026-01-01T11:00:00.000Z", "2026-01-01T12:00:00.000Z"]);
  assert.deepEqual([points[1]?.lost, points.at(-1)?.successful], [2, 1]);
  assert.equal(
    points.reduce((sum, { lost }) => sum + lost, 0),
    2,
  );
});
