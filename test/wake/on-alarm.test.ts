import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drive, T0 } from "./driver.ts";

const HEARTBEAT_MS = 60_000;

describe("an alarm", () => {
  test("starts a lane for what is due", () => {
    const driver = drive();
    driver.wake({ ready: 0, dueInMs: 5_000 });
    assert.deepEqual(
      driver.toAlarm().effects.starts.map(({ lane, cause }) => ({ lane, cause })),
      [{ lane: "lane-0", cause: "due" }],
    );
  });

  test("too early, or twice, starts nobody", () => {
    const driver = drive();
    driver.wake({ ready: 0, dueInMs: 5_000 });
    assert.deepEqual(driver.take({ type: "alarm" }).effects, { starts: [], alarmAt: T0 + 5_000 });
    driver.toAlarm();
    assert.equal(driver.take({ type: "alarm" }).effects.starts.length, 0);
  });

  test("starts one more lane than are at work: those see what is due only once a job of theirs has ended", () => {
    const driver = drive();
    driver.wake();
    driver.wake({ ready: 0, dueInMs: 5_000 });
    assert.equal(driver.toAlarm().effects.starts[0]?.lane, "lane-1");
  });

  test("while all lanes are at work starts none, and waits for the end of one", () => {
    const driver = drive(undefined, { lanes: 1, leaseMs: 60_000 });
    driver.wake();
    driver.wake({ ready: 0, dueInMs: 5_000 });
    assert.deepEqual(driver.toAlarm().effects, { starts: [], alarmAt: T0 + 60_000 });
  });
});

describe("the end of a lease", () => {
  test("starts a lane, and another look once the jobs of the dead can be rescued, which nobody pushes back", () => {
    const driver = drive();
    driver.wake();
    const [lane] = driver.toAlarm().effects.starts;
    assert.equal(lane?.cause, "lost");
    assert.equal(driver.state.counts.lost, 1);
    driver.settle(lane?.lane ?? "", lane?.epoch ?? 0);
    const lateMs = (driver.alarmAt ?? 0) - driver.now - HEARTBEAT_MS;
    assert.ok(lateMs >= 0 && lateMs < 5_000, `${lateMs} ms`);
  });

  test("of somebody who only wrote starts a lane, and that is all", () => {
    const driver = drive();
    driver.wake({ written: false, ready: 0, dueInMs: 3_600_000 });
    const [lane] = driver.toAlarm().effects.starts;
    driver.settle(lane?.lane ?? "", lane?.epoch ?? 0);
    assert.equal(driver.state.nextAt, null);
  });
});
