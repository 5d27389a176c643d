/**
 * Applications that share a ledger.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drive, QUIET, version } from "./driver.ts";
import { HOUR, MINUTE, ModelWorld } from "./model-world.ts";

describe("two applications on one ledger", () => {
  const OTHER = version("one", "other");

  /** Both have looked, and found nothing, or the other one what is due in an hour. */
  function both(nextInMs: number | null = null) {
    const driver = drive({ ...QUIET, applications: [] });
    driver.settle("cron", driver.ask(OTHER).reply.epoch, { deployment: OTHER, nextInMs });
    driver.settle("cron", driver.ask().reply.epoch);
    return driver;
  }

  test("ask nothing of an idle database in sixty crons each, once both have looked", () => {
    const world = new ModelWorld({ applications: ["one", "another"] });
    world.events.runUntil(10 * MINUTE);
    const before = world.queue.looks;
    world.events.runUntil(70 * MINUTE);
    assert.equal(world.queue.looks, before);
  });

  test("an application looks for what it found, although another has looked since", () => {
    const driver = both(HOUR);
    driver.now += HOUR;
    assert.equal(driver.ask(OTHER).reply.look, true);
  });

  test("a look by one after a wake does not spare the other's, which may be the only one that can do it", () => {
    const driver = both();
    driver.settle("lane-0", driver.wake({ ready: 0, dueInMs: 0 }).state.epoch);
    driver.settle("cron", driver.ask().reply.epoch);
    assert.equal(driver.ask(OTHER).reply.look, true);
  });

  test("of a hundred that have looked the latest are remembered", () => {
    const driver = drive();
    for (let nth = 0; nth < 100; nth += 1) {
      const deployment = version("one", `app-${nth}`);
      driver.settle("cron", driver.ask(deployment).reply.epoch, { deployment });
    }
    assert.equal(driver.state.applications.length, 16);
    assert.equal(driver.ask(version("one", "app-99")).reply.look, false);
    assert.equal(driver.ask(version("one", "app-0")).reply.look, true);
  });
});
