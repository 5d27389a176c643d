/**
 * Waits after failures in a row.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { backOff } from "../../src/base/back-off.ts";
import { virtualClock } from "../support/virtual-clock.ts";

test("each wait is twice as long as the one before, up to the longest", () => {
  const retry = backOff(virtualClock(), { first: 500, max: 3_000 });
  assert.deepEqual([retry.next(), retry.next(), retry.next(), retry.next(), retry.next()], [500, 1_000, 2_000, 3_000, 3_000]);
});

test("after a success it starts anew", () => {
  const retry = backOff(virtualClock(), { first: 500, max: 3_000 });
  retry.next();
  retry.reset();
  assert.equal(retry.next(), 500);
});

test("an aborted signal ends the wait", async () => {
  const over = new AbortController();
  const waiting = backOff(virtualClock(), { first: 500, max: 3_000 }).wait(over.signal);
  over.abort();
  await waiting;
});
