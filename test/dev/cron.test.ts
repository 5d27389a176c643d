/**
 * When the local Worker is taken for gone.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { watchTicks } from "../../src/dev/cron.ts";

test("three ticks in a row that fail say that the Worker is gone; two, and one that is answered, do not", async () => {
  let fails = true;
  const { tick, gone } = watchTicks(() => (fails ? Promise.reject(new Error("refused")) : Promise.resolve()));
  let isGone = false;
  void gone.then(() => {
    isGone = true;
  });
  const failing = async (times: number) => {
    for (let n = 0; n < times; n++) await assert.rejects(tick());
    return isGone;
  };
  assert.equal(await failing(2), false);
  fails = false;
  await tick();
  fails = true;
  assert.equal(await failing(2), false);
  assert.equal(await failing(1), true);
});
