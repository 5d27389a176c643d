/**
 * All lanes are busy, and one more has to be.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drive } from "./driver.ts";
import { HOUR, MINUTE, ModelWorld } from "./model-world.ts";

describe("while all lanes are busy", () => {
  test("no alarm rings, and what is due runs as soon as one has ended", () => {
    const world = new ModelWorld({ settings: { lanes: 2, slots: 1 }, crons: false });
    const long = { delayMs: 0, runMs: 10 * MINUTE, retries: 0, retryInMs: 0 };
    world.enqueue({ at: HOUR, jobs: [long], drains: false, writeMs: 20 });
    world.enqueue({ at: HOUR + 2_000, jobs: [long], drains: false, writeMs: 20 });
    world.enqueue({ at: HOUR + 10_000, jobs: [{ ...long, delayMs: 5_000, runMs: 10 }], drains: false, writeMs: 20 });
    world.events.runUntil(HOUR + MINUTE);
    assert.equal(world.lanesAtWork, 2);
    const alarms = world.ledgers[0]?.alarms ?? 0;
    world.events.runUntil(HOUR + 9 * MINUTE);
    assert.equal(world.ledgers[0]?.alarms, alarms);
    world.runUntilDone(2 * HOUR);
    assert.ok(world.queue.isDone);
    assert.ok(world.queue.longest.ms < 1_000, `${world.queue.longest.ms} ms with a lane free`);
  });

  /** Two lanes, both at work, and something that was due. */
  function full() {
    const driver = drive(undefined, { lanes: 2 });
    const [first] = driver.wake().effects.starts;
    driver.now += 2_000;
    const [second] = driver.wake().effects.starts;
    assert.ok(first && second);
    driver.wake({ ready: 0, dueInMs: 5_000 });
    driver.toAlarm();
    assert.equal(driver.starts.length, 0);
    return { driver, first, second };
  }

  test("the next alarm is the end of a lease", () => {
    const { driver, first } = full();
    assert.equal(driver.alarmAt, driver.state.leases[first.lane]?.until);
  });

  test("a lane that ends makes room for the one that is owed, although it found nothing left; the next one for none", () => {
    const { driver, first, second } = full();
    driver.now += 1_000;
    driver.settle(first.lane, first.epoch, { claimed: 1 });
    assert.equal(driver.starts.length, 1);
    driver.settle(second.lane, second.epoch, { claimed: 1 });
    assert.equal(driver.starts.length, 0);
  });

  test("so does one whose lease has ended", () => {
    const { driver } = full();
    driver.toAlarm();
    assert.equal(driver.starts.length, 1);
  });

  test("with fewer lanes than allowed for want of connections, another is tried once that is over", () => {
    const { driver, first, second } = full();
    driver.take({ type: "settle", consumer: first.lane, epoch: first.epoch, end: "refused" });
    const until = driver.state.pressure?.until;
    driver.toAlarm();
    assert.equal(driver.starts.length, 0, "one is at work, and one is allowed");
    while (driver.now < (until ?? 0)) driver.toAlarm();
    assert.equal(driver.now, until);
    assert.equal(driver.starts.length, 1);
    assert.ok(second.lane in driver.state.leases);
  });
});
