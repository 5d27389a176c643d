/**
 * Jobs that are due on a grid share one waking of the database.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onGrid } from "../../src/base/grid.ts";
import { runnableOf } from "../../src/enqueue/announce.ts";
import { newJob } from "../support/samples.ts";
import { HOUR, MINUTE, ModelWorld } from "./model-world.ts";

const QUARTER = 15 * MINUTE;

/** Lanes that are started for ten jobs, of which the nth is due nth minutes after the full hour. */
function lanesFor(withinMs: number | undefined): number {
  const world = new ModelWorld();
  for (let nth = 1; nth <= 10; nth += 1) {
    const plan = { delayMs: HOUR + nth * MINUTE, runMs: 100, retries: 0, retryInMs: 0, ...(withinMs === undefined ? {} : { withinMs }) };
    world.enqueue({ at: HOUR, jobs: [plan], drains: true, writeMs: 20 });
  }
  world.runUntilDone(4 * HOUR);
  assert.ok(world.queue.isDone);
  assert.ok(world.queue.longest.ms < 1_000);
  return world.started.lane;
}

test("ten jobs that are due in ten minutes wake the database ten times, and within 15 minutes once", () => {
  assert.equal(lanesFor(undefined), 10);
  assert.equal(lanesFor(QUARTER), 1);
});

describe("what is told of a job that is due on a grid", () => {
  const tell = (at: number, delayMs: number, more: object = {}) =>
    runnableOf([{ job: newJob({ delayMs, withinMs: QUARTER, ...more }) }], at).dueInMs;

  test("is its time on the grid", () => {
    assert.equal(tell(HOUR + MINUTE, 2 * MINUTE), 14 * MINUTE);
    assert.equal(tell(HOUR + MINUTE, 0, { delayMs: null, runAt: new Date(HOUR + 3 * MINUTE).toISOString() }), 14 * MINUTE);
  });

  test("is not later than that, while this program's clock is off by up to five seconds", () => {
    for (const aheadMs of [-5_000, -2_000, -1, 0, 1, 2_000, 5_000]) {
      for (const delayMs of [1, 14 * MINUTE - 1, 14 * MINUTE, 14 * MINUTE + 1, 40 * MINUTE]) {
        const at = HOUR + MINUTE;
        const trueInMs = onGrid(at + delayMs, QUARTER) - at;
        const toldInMs = tell(at + aheadMs, delayMs) as number;
        assert.ok(toldInMs <= trueInMs + Math.abs(aheadMs), `${delayMs} ms ahead, told ${toldInMs}, due in ${trueInMs}`);
        assert.ok(toldInMs >= delayMs);
      }
    }
  });

  test("is that there is one ready, where it is due at once", () => {
    assert.deepEqual(runnableOf([{ job: newJob({ withinMs: QUARTER }) }], HOUR + MINUTE), {
      ready: 1,
      dueInMs: null,
      queues: new Set(["default"]),
    });
  });
});
