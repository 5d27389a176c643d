import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanText, findNonJson } from "../../src/base/json-value.ts";

test("whatever JSON brings back the same has no problem", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => findNonJson(value).told.every(({ message }) => /NUL|surrogate/.test(message))));
});

test("everything that JSON cannot hold is found, with its path", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = { again: cyclic };
  const value = {
    ok: [1, "a", null, true, { deep: undefined }, Object.create(null)],
    nan: Number.NaN,
    big: 1n,
    date: new Date(0),
    list: [new Map(), () => {}, undefined, Symbol("s")],
    text: "a\0b",
    half: "\ud800",
    "bad\0key": 1,
    cyclic,
  };
  assert.deepEqual(
    findNonJson(value).told.map(({ path }) => path.join(".")),
    ["nan", "big", "date", "list.0", "list.1", "list.2", "list.3", "text", "half", "", "cyclic.self.again"],
  );
});

test("the same object twice is no cycle, and no more than 20 problems are told", () => {
  const shared = { a: 1 };
  assert.equal(findNonJson([shared, shared]).count, 0);
  assert.equal(findNonJson(Array.from({ length: 100 }, () => Number.NaN)).told.length, 20);
});

test("what is nested too deep to be read is told, not tried", () => {
  const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  assert.equal(findNonJson(nested(200)).count, 0);
  for (const levels of [201, 100_000]) assert.match(findNonJson(nested(levels)).told[0]?.message ?? "", /more than 200 levels deep/);
});

test("clean text is text that jsonb takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(findNonJson(cleanText(`${text}\0\ud800`)).count, 0);
    }),
  );
});
