import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createIdSource, isUuid } from "../../src/base/ids.ts";

test("ids are UUIDv7, tell their time, and never go backwards, whatever the clock does", () => {
  const steps = fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 50 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (moves, burst) => {
      let now = Date.UTC(2026, 0, 1);
      let latest = now;
      const newId = createIdSource({ now: () => now });
      let last = "";
      for (const move of [0, ...moves]) {
        now += move;
        latest = Math.max(latest, now);
        for (let i = 0; i < burst; i++) {
          const id = newId();
          assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
          assert.ok(isUuid(id) && id > last, `${id} after ${last}`);
          assert.equal(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16), latest);
          last = id;
        }
      }
    }),
  );
});

test("more ids than the counter holds in one millisecond are still in order", () => {
  const newId = createIdSource({ now: () => 1_000 }, (bytes) => bytes.fill(0xff));
  const ids = Array.from({ length: 10_000 }, newId);
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
});

test("only a UUID is one", () => {
  for (const text of [
    "",
    "x",
    "a8098c1a-f86e-11da-bd1a-00112444be1",
    "a8098c1af86e11dabd1a00112444be1e",
    " a8098c1a-f86e-11da-bd1a-00112444be1e",
  ])
    assert.ok(!isUuid(text));
  assert.ok(isUuid("A8098C1A-F86E-11DA-BD1A-00112444BE1E"));
});
