/**
 * When a worker tells others of work that it will not take.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CallForHelp, type Standing, type WorkLeft } from "../../src/worker/call-for-help.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const BUSY: Standing = { isBusy: true, isFull: false, mayClaim: true, left: false, nextInMs: null };

function start() {
  const clock = virtualClock();
  const told: WorkLeft[] = [];
  return { clock, told, help: new CallForHelp(clock, (work) => told.push(work)) };
}

describe("a worker whose jobs run on", () => {
  test("tells of work once it has been full for a second", () => {
    const { clock, told, help } = start();
    help.turned({ ...BUSY, isFull: true });
    clock.advance(999);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, [{ left: true, nextInMs: 0 }]);
  });

  test("tells of it once for each time that it is full", () => {
    const { clock, told, help } = start();
    help.turned({ ...BUSY, isFull: true });
    help.turned({ ...BUSY, isFull: true });
    clock.advance(5_000);
    assert.equal(told.length, 1);
    help.turned(BUSY);
    help.turned({ ...BUSY, isFull: true });
    clock.advance(1_000);
    assert.equal(told.length, 2);
  });

  test("tells of none where it has a slot again within the second", () => {
    const { clock, told, help } = start();
    help.turned({ ...BUSY, isFull: true });
    help.turned(BUSY);
    clock.advance(5_000);
    assert.deepEqual(told, []);
  });

  test("tells once what it knows when it claims no more", () => {
    const { told, help } = start();
    help.turned({ ...BUSY, mayClaim: false, left: false, nextInMs: 3_000 });
    help.turned({ ...BUSY, mayClaim: false, left: true, nextInMs: 2_000 });
    assert.deepEqual(told, [{ left: false, nextInMs: 3_000 }]);
  });

  test("tells nothing more once it has ended", () => {
    const { clock, told, help } = start();
    help.turned({ ...BUSY, isFull: true });
    help.stop();
    clock.advance(5_000);
    assert.deepEqual(told, []);
  });
});

test("a worker whose jobs have all ended tells nothing: it says at its end what is left", () => {
  const { told, help } = start();
  help.turned({ ...BUSY, isBusy: false, mayClaim: false, left: true });
  assert.deepEqual(told, []);
});
