/**
 * How long a worker relies on the watermarks of its last turn.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Watermarks } from "../../src/store/turn.ts";
import { WatermarkCache } from "../../src/worker/watermark-cache.ts";

const answered = {} as Watermarks;

/** A turn with the cached watermarks; whether it had any. */
function turn(cache: WatermarkCache, at: number, tookMs: number): boolean {
  const watermarks = cache.get(at);
  cache.keep(answered, { watermarks, tookMs });
  return watermarks !== null;
}

test("a worker's first turn scans from the start, and then one every four seconds", () => {
  const cache = new WatermarkCache();
  assert.equal(turn(cache, 0, 900), false);
  assert.equal(turn(cache, 3_999, 5), true);
  assert.equal(turn(cache, 4_000, 6), false);
  assert.equal(turn(cache, 7_999, 5), true);
  assert.equal(turn(cache, 8_000, 5), false);
});

test("slow full scans are rarer, so that they take one two-hundredth of the time, but there is one every 15 seconds", () => {
  const cache = new WatermarkCache();
  turn(cache, 0, 5);
  turn(cache, 10, 5);
  assert.equal(turn(cache, 4_000, 55), false);
  assert.equal(turn(cache, 13_999, 5), true);
  assert.equal(turn(cache, 14_000, 9_005), false);
  assert.equal(turn(cache, 28_999, 5), true);
  assert.equal(turn(cache, 29_000, 5), false);
});

test("once it is cleared, the next turn scans from the start", () => {
  const cache = new WatermarkCache();
  turn(cache, 0, 5);
  cache.clear();
  assert.equal(turn(cache, 10, 5), false);
  assert.equal(turn(cache, 20, 5), true);
});
