import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UNKNOWN } from "../../src/wake/state.ts";
import { drive, QUIET, version } from "./driver.ts";

const HOUR = 3_600_000;

describe("a cron", () => {
  test("need not look where nothing is due, and is counted", () => {
    const driver = drive();
    assert.equal(driver.ask().reply.look, false);
    assert.equal(driver.state.counts.spared, 1);
  });

  for (const [what, state, aheadMs, deployment] of [
    ["nothing is known", UNKNOWN, 0, "one"],
    ["its schedules are others than those that were looked at", QUIET, 0, "another"],
    ["an alarm is two seconds late", { ...QUIET, nextAt: QUIET.epoch }, 2_000, "one"],
    ["nobody has looked for six hours", QUIET, 6 * HOUR + 2_000, "one"],
    ["jobs were found within a day that nobody had announced", { ...QUIET, unannouncedAt: QUIET.epoch }, HOUR, "one"],
    ["the clock was set back", QUIET, -HOUR, "one"],
  ] as const) {
    test(`looks where ${what}, and has a lease`, () => {
      const driver = drive(state);
      driver.now += aheadMs;
      assert.equal(driver.ask(version(deployment)).reply.look, true);
      assert.ok("cron" in driver.state.leases);
    });
  }

  for (const [what, state, aheadMs] of [
    ["an alarm is a second late", { ...QUIET, nextAt: QUIET.epoch }, 1_000],
    ["jobs that nobody had announced were found more than a day ago", { ...QUIET, unannouncedAt: QUIET.epoch - 25 * HOUR }, 0],
    ["the clock was set back by a few seconds", QUIET, -5_000],
  ] as const) {
    test(`need not look where ${what}`, () => {
      const driver = drive(state);
      driver.now += aheadMs;
      assert.equal(driver.ask().reply.look, false);
    });
  }

  test("looks while somebody is at work, who may be dead, or claim no more", () => {
    const driver = drive();
    driver.wake();
    driver.now += 10_000;
    assert.equal(driver.ask().reply.look, true);
  });

  test("looks for what came while it looked", () => {
    const driver = drive();
    const { epoch } = driver.ask(version("another")).reply;
    driver.now += 100;
    driver.wake({ ready: 0, dueInMs: 5_000 });
    driver.settle("cron", epoch, { deployment: version("another") });
    driver.now += 8_000;
    assert.equal(driver.ask(version("another")).reply.look, true);
  });

  test("that looked once with its schedules need not look again", () => {
    const driver = drive();
    driver.settle("cron", driver.ask(version("another")).reply.epoch, { deployment: version("another") });
    assert.equal(driver.ask(version("another")).reply.look, false);
  });
});

test("a clock that was set back is forgiven after one look", () => {
  const driver = drive({ ...QUIET, nextAt: QUIET.epoch + 60_000 });
  driver.now -= HOUR;
  driver.settle("cron", driver.ask().reply.epoch, { nextInMs: 60_000 });
  assert.equal(driver.alarmAt, driver.now + 60_000);
  assert.equal(driver.ask().reply.look, false);
});
