/**
 * How long a worker relies on the marks of its last turn.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptMarks } from "../../src/engine/kept-marks.ts";
import type { Marks } from "../../src/store/store.ts";

const marks = "{}" as Marks;

/** A turn with the marks that are kept; whether it had any. */
function turn(kept: KeptMarks, askedAt: number, tookMs: number): boolean {
  const asked = kept.at(askedAt);
  kept.keep(marks, { askedAt, marks: asked, tookMs });
  return asked !== null;
}

test("a worker's first turn looks at everything, and then one every four seconds", () => {
  const kept = new KeptMarks();
  assert.equal(turn(kept, 0, 900), false);
  assert.equal(turn(kept, 3_999, 5), true);
  assert.equal(turn(kept, 4_000, 6), false);
  assert.equal(turn(kept, 7_999, 5), true);
  assert.equal(turn(kept, 8_000, 5), false);
});

test("looks that are slow are rarer, so that they take one two-hundredth of the time, but there is one every 15 seconds", () => {
  const kept = new KeptMarks();
  turn(kept, 0, 5);
  turn(kept, 10, 5);
  assert.equal(turn(kept, 4_000, 55), false);
  assert.equal(turn(kept, 13_999, 5), true);
  assert.equal(turn(kept, 14_000, 9_005), false);
  assert.equal(turn(kept, 28_999, 5), true);
  assert.equal(turn(kept, 29_000, 5), false);
});

test("of two turns at once, one of which looks at everything, the marks of the other are not kept", () => {
  const kept = new KeptMarks();
  turn(kept, 0, 5);
  const asked = kept.at(3_999);
  assert.equal(kept.at(4_000), null);
  kept.keep('{"due":1}' as Marks, { askedAt: 3_999, marks: asked, tookMs: 100 });
  assert.equal(kept.at(4_050), null);
  kept.keep(marks, { askedAt: 4_000, marks: null, tookMs: 100 });
  kept.keep('{"due":1}' as Marks, { askedAt: 3_999, marks: asked, tookMs: 200 });
  assert.equal(kept.at(4_200), marks);
});
