import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drive, QUIET, T0 } from "./driver.ts";

const lease = { consumer: "enqueue-1", forMs: 30_000 };

describe("a wake", () => {
  for (const { what, wake, starts } of [
    { what: "for a job that nobody runs starts a lane", wake: { ready: 1, lease: null }, starts: 1 },
    { what: "for a job that somebody runs starts none", wake: { ready: 1, lease }, starts: 0 },
    { what: "for a delayed job starts none", wake: { ready: 0, dueInMs: 5_000 }, starts: 0 },
    {
      what: "for a backlog starts as many as it fills for the time aimed at, beside whoever put it in",
      wake: { ready: 120, lease },
      starts: 3,
    },
    { what: "for a large one starts as many as there may be", wake: { ready: 10_000, lease: null }, starts: 8 },
  ]) {
    test(what, () => assert.equal(drive().wake(wake).effects.starts.length, starts));
  }

  test("is followed by a look when the earliest job is due", () => {
    const driver = drive();
    driver.wake({ ready: 0, dueInMs: 60_000 });
    driver.wake({ ready: 0, dueInMs: 5_000 });
    driver.wake({ ready: 0, dueInMs: 90_000 });
    assert.equal(driver.alarmAt, T0 + 5_000);
  });

  test("that is due already is due now", () => {
    assert.equal(drive().wake({ ready: 0, dueInMs: -3_000 }).effects.alarmAt, T0);
  });

  test("starts a lane beside enqueuers that are at work, but one, however many they are", () => {
    const driver = drive();
    for (let nth = 0; nth < 20; nth += 1) driver.wake({ lease: { consumer: `enqueue-${nth}`, forMs: 30_000 } });
    assert.equal(driver.wake().effects.starts.length, 1);
  });

  test("within a second after a lane was started is followed by another look at its end, since that lane may have looked before", () => {
    const driver = drive();
    driver.wake();
    driver.now += 500;
    assert.deepEqual(driver.wake().effects, { starts: [], alarmAt: driver.now + 1_000 });
    assert.equal(driver.toAlarm().effects.starts.length, 1);
  });

  test("beside a write that nobody has a lease for is followed by a look once the write must be over", () => {
    const driver = drive();
    driver.wake({ written: false, ready: 0, dueInMs: 600_000 });
    assert.equal(driver.alarmAt, T0 + 30_000);
  });

  test("wakes the ledger that knows nothing: it looks at once", () => {
    const driver = drive({ ...QUIET, lookedAt: null });
    assert.equal(driver.wake({ ready: 0, dueInMs: 600_000 }).effects.alarmAt, 0);
    assert.equal(driver.toAlarm().effects.starts.length, 1);
    assert.equal(driver.state.counts.unannounced, 0);
  });
});
