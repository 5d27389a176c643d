/**
 * How long a worker relies on the marks of its last turn.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptMarks } from "../../src/engine/kept-marks.ts";
import type { Marks } from "../../src/store/store.ts";

const marks = "{}" as Marks;

test("a worker's first turn looks at everything, and then one every four seconds", () => {
  const kept = new KeptMarks();
  assert.equal(kept.at(0), null);
  kept.keep(marks, 900);
  assert.equal(kept.at(3_999), marks);
  kept.keep(marks, 5);
  assert.equal(kept.at(4_000), null);
  kept.keep(marks, 6);
  assert.equal(kept.at(7_999), marks);
  assert.equal(kept.at(8_000), null);
});

test("looks that are slow are rarer, so that they take one two-hundredth of the time, but there is one every 15 seconds", () => {
  const kept = new KeptMarks();
  kept.at(0);
  kept.keep(marks, 5);
  kept.at(10);
  kept.keep(marks, 5);
  assert.equal(kept.at(4_000), null);
  kept.keep(marks, 55);
  assert.equal(kept.at(13_999), marks);
  assert.equal(kept.at(14_000), null);
  kept.keep(marks, 9_005);
  assert.equal(kept.at(28_999), marks);
  assert.equal(kept.at(29_000), null);
});
