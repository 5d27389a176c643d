/**
 * Jobs that start on time although the database has to wake first.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR, MINUTE, ModelWorld } from "./model-world.ts";

/** Ten jobs, twenty minutes apart, on a database that takes half a second to wake. */
function tenJobs(leadMs: number): ModelWorld {
  const world = new ModelWorld({ coldMs: 500, settings: { leadMs } });
  for (let nth = 1; nth <= 10; nth += 1) {
    const plan = { delayMs: nth * 20 * MINUTE, runMs: 100, retries: 0, retryInMs: 0 };
    world.enqueue({ at: HOUR, jobs: [plan], drains: true, writeMs: 20 });
  }
  world.events.runUntil(5 * HOUR);
  assert.ok(world.queue.isDone);
  return world;
}

test("with a lead of two seconds a job starts on time, and without one late by as long as the database takes", () => {
  assert.ok(tenJobs(0).queue.longest.ms >= 500);
  assert.equal(tenJobs(2_000).queue.longest.ms, 0);
});

test("a lead starts as many consumers, each of which looks once more: ahead of the time, and at it", () => {
  const [without, ahead] = [tenJobs(0), tenJobs(2_000)];
  assert.deepEqual(ahead.started, without.started);
  assert.equal(ahead.queue.looks, without.queue.looks + 10);
});

test("what is due while the database is still awake is not led up to", () => {
  const world = new ModelWorld({ settings: { leadMs: 10_000 } });
  world.enqueue({ at: HOUR, jobs: [{ delayMs: 5_000, runMs: 100, retries: 0, retryInMs: 0 }], drains: true, writeMs: 20 });
  world.events.runUntil(2 * HOUR);
  assert.ok(world.queue.isDone);
  assert.equal(world.started.lane, 1);
  assert.equal(world.queue.looks, 3);
});
