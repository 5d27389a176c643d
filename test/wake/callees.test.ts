/**
 * Consumers that live elsewhere: they are called when lanes are started, and say again and again that they are at work.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Driver, drive, QUIET, T0 } from "./driver.ts";
import { finds } from "./mutant.ts";

const started = (driver: Driver) => driver.starts.map(({ lane }) => lane);
const container = { consumer: "container-1", forMs: 45_000 };

describe("a callee is called", () => {
  test("when a job was put in that nobody runs", () => {
    const driver = drive(QUIET, { callees: 2 });
    driver.wake();
    assert.deepEqual(started(driver), ["lane-0", "callee-0", "callee-1"]);
  });

  test("once a job is written that its enqueuer does not run", () => {
    const driver = drive(QUIET, { callees: 1 });
    driver.wake({ written: false, lease: { consumer: "enqueue-1", forMs: 30_000 } });
    assert.deepEqual(started(driver), []);
    driver.take({ type: "settle", consumer: "enqueue-1", epoch: -1, end: "written" });
    assert.deepEqual(started(driver), ["lane-0", "callee-0"]);
  });

  test("when something is due", () => {
    const driver = drive(QUIET, { callees: 1 });
    driver.wake({ ready: 0, dueInMs: 5_000 });
    driver.toAlarm();
    assert.deepEqual(started(driver), ["lane-0", "callee-0"]);
  });

  test("when a cron has to look in place of an alarm", () => {
    const driver = drive(QUIET, { callees: 1 });
    driver.wake({ ready: 0, dueInMs: 5_000 });
    driver.now += 10_000;
    driver.ask();
    assert.deepEqual(started(driver), ["callee-0"]);
  });

  test("also where there are no lanes, and not again and again", () => {
    const driver = drive(QUIET, { lanes: 0, callees: 1 });
    driver.wake();
    assert.deepEqual(started(driver), ["callee-0"]);
    assert.equal(driver.alarmAt, T0 + 6 * 3_600_000);
  });

  test("a second after another call at the earliest", () => {
    const driver = drive(QUIET, { lanes: 0, callees: 1 });
    driver.wake();
    driver.now += 500;
    assert.deepEqual(driver.wake().effects, { starts: [], alarmAt: driver.now + 1_000 });
    driver.toAlarm();
    assert.deepEqual(started(driver), ["callee-0"]);
  });
});

describe("a consumer that says again that it is at work", () => {
  test("has its lease for so long from then on, and is at work since the first time", () => {
    const driver = drive();
    driver.wake({ ready: 0, lease: container });
    driver.now += 15_000;
    driver.wake({ ready: 0, lease: container });
    assert.equal(driver.alarmAt, T0 + 60_000);
    assert.equal(driver.state.leases["container-1"]?.since, T0);
  });

  test("and then no more is looked for at the end of its lease, and once its jobs can be rescued", () => {
    const driver = drive(QUIET, { callees: 1 });
    driver.wake({ ready: 0, lease: container });
    driver.toAlarm();
    assert.deepEqual(started(driver), ["lane-0", "callee-0"]);
    driver.settle("lane-0", driver.state.epoch);
    const endedAt = T0 + container.forMs;
    assert.ok(driver.alarmAt !== null && driver.alarmAt >= endedAt + 60_000 && driver.alarmAt < endedAt + 65_000);
  });

  test("and gives its lease back with the epoch that it was called with is credited with all that it has seen", () => {
    const driver = drive(QUIET, { lanes: 0, callees: 1 });
    const [call] = driver.wake().effects.starts;
    driver.wake({ ready: 0, lease: container });
    driver.settle("container-1", call?.epoch ?? -1);
    assert.deepEqual([driver.state.leases, driver.state.pending], [{}, 0]);
  });
});

describe("faults that are found", () => {
  finds(
    "who says that it is still at work has told of nothing: a lane that has looked before knows all there is",
    { of: "on-wake.ts", from: "isNews ? nextEpoch(state, now) : state.epoch", to: "nextEpoch(state, now)" },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      const [lane] = driver.wake().effects.starts;
      assert.ok(lane);
      driver.now += 5_000;
      driver.wake({ ready: 0, lease: { consumer: "container-1", forMs: 45_000 } });
      driver.settle(lane.lane, lane.epoch);
      assert.equal(driver.state.pending, 0);
    },
  );

  finds(
    "callees are called also where no lane is free",
    {
      of: "start-lanes.ts",
      from: "return callAll(most === 0 ? state : owe(state, now), [], cause, now, settings);",
      to: "return { state, starts: [] };",
    },
    (reduce) => {
      const driver = drive(QUIET, { lanes: 1, callees: 1 }, reduce);
      driver.wake();
      driver.now += 2_000;
      assert.deepEqual(
        driver.wake().effects.starts.map(({ lane }) => lane),
        ["callee-0"],
      );
    },
  );
});
