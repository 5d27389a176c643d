import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../src/base/durations.ts";

test("a duration reads as people write it", () => {
  const cases: [text: string | number, ms: number | undefined][] = [
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5m", 90_000],
    ["1h30m", 5_400_000],
    ["1d", 86_400_000],
    [" 2w ", 1_209_600_000],
    [1_500.4, 1_500],
    [0, 0],
    ["", undefined],
    ["5", undefined],
    ["-1s", undefined],
    ["1 s", undefined],
    ["1s x", undefined],
    ["1y", undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [`${"9".repeat(30)}w`, undefined],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, String(text));
});

test("what is written reads back as the same", () => {
  fc.assert(fc.property(fc.nat(10_000_000_000), (ms) => parseDuration(formatDuration(ms)) === ms));
});
