/**
 * How long a worker relies on the marks of its last turn.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Watermarks } from "../../src/store/store.ts";
import { KeptMarks } from "../../src/worker/kept-marks.ts";

const marks = "{}" as Watermarks;
const others = '{"due":1}' as Watermarks;

/** A turn with the marks that are kept; whether it had any. */
function turn(kept: KeptMarks, at: number, tookMs: number): boolean {
  const asked = kept.at(at);
  kept.keep({ marks, busy: false }, { marks: asked, at, tookMs });
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
  const asked = { marks: kept.at(3_999), at: 3_999 };
  assert.equal(kept.at(4_000), null);
  kept.keep({ marks: others, busy: false }, { ...asked, tookMs: 50 });
  assert.equal(kept.at(4_050), null);
  kept.keep({ marks, busy: false }, { marks: null, at: 4_050, tookMs: 50 });
  kept.keep({ marks: others, busy: false }, { ...asked, tookMs: 200 });
  assert.equal(kept.at(4_200), marks);
});

test("of two turns at once, one of which could not claim all that it had locked, its marks are kept: the other has passed those jobs by", () => {
  const kept = new KeptMarks();
  turn(kept, 0, 5);
  const asked = { marks: kept.at(10), at: 10 };
  kept.keep({ marks, busy: true }, { ...asked, tookMs: 10 });
  kept.keep({ marks: others, busy: false }, { ...asked, tookMs: 15 });
  assert.equal(kept.at(30), marks);
  kept.keep({ marks: others, busy: false }, { marks, at: 30, tookMs: 5 });
  assert.equal(kept.at(40), others);
});
