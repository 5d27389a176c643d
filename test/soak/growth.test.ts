/**
 * The soak tells growth from noise.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { growthOf } from "./growth.ts";

const series = (value: (at: number) => number) => Array.from({ length: 200 }, (_, nth) => value(nth / 200));

test("what rises steadily has grown", () => {
  assert.equal(
    growthOf(
      series((at) => 100 + 50 * at),
      0,
    ).grew,
    true,
  );
});

test("what rises at first, and then stays, has not grown", () => {
  assert.equal(
    growthOf(
      series((at) => 100 * Math.min(1, at * 10)),
      0,
    ).grew,
    false,
  );
});

test("what goes up and down has not grown", () => {
  assert.equal(
    growthOf(
      series((at) => 100 + 80 * Math.sin(at * 300)),
      0,
    ).grew,
    false,
  );
});

test("what is as good as nothing may double", () => {
  assert.equal(
    growthOf(
      series((at) => 5 + 5 * at),
      20,
    ).grew,
    false,
  );
});
