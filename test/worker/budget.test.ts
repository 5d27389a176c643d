import assert from "node:assert/strict";
import { test } from "node:test";
import { createBudget } from "../../src/worker/budget.ts";
import { virtualClock } from "../support/virtual-clock.ts";

test("it claims until the soft end, and lasts until the hard end less the margin", () => {
  const clock = virtualClock();
  const budget = createBudget(clock, { claimForMs: 50_000, hardEndMs: 100_000, marginMs: 2_000 });
  assert.deepEqual([budget.mayClaim(), budget.claimMs(), budget.remainingMs()], [true, 50_000, 98_000]);
  assert.deepEqual([budget.fits(98_000), budget.fits(98_001)], [true, false]);
  clock.advance(50_000);
  assert.deepEqual([budget.mayClaim(), budget.claimMs(), budget.remainingMs(), budget.fits(48_000)], [false, 0, 48_000, true]);
  clock.advance(60_000);
  assert.deepEqual([budget.remainingMs(), budget.fits(0)], [0, false]);
});

test("the soft end is never after the hard one", () => {
  const budget = createBudget(virtualClock(), { claimForMs: 50_000, hardEndMs: 10_000, marginMs: 2_000 });
  assert.equal(budget.claimMs(), 8_000);
});
