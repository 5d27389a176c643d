/**
 * How long others may have been silent, as the database comes and goes.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { outageGrace } from "../../src/worker/outage-grace.ts";
import { virtualClock } from "../support/virtual-clock.ts";

test("while the database answers, the dead get no grace", () => {
  const clock = virtualClock();
  const grace = outageGrace(clock, 90_000);
  clock.advance(30_000);
  assert.equal(grace.ms(), 0);
  grace.answered();
  clock.advance(30_000);
  assert.equal(grace.ms(), 0);
});

test("as long as the database was away, others may have been silent too, until they have had a time-out's length to come back", () => {
  const clock = virtualClock();
  const grace = outageGrace(clock, 90_000);
  clock.advance(30_000);
  grace.failed();
  clock.advance(600_000);
  grace.failed();
  assert.equal(grace.ms(), 630_000);
  grace.answered();
  clock.advance(30_000);
  grace.answered();
  clock.advance(59_999);
  assert.equal(grace.ms(), 630_000);
  clock.advance(1);
  assert.equal(grace.ms(), 0);
});
