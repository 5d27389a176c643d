import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drive, T0 } from "./driver.ts";

/** A ledger with a lane at work, which was started for the one job that was announced. */
function atWork() {
  const driver = drive();
  const [lane] = driver.wake().effects.starts;
  assert.ok(lane);
  driver.now += 5_000;
  return { driver, lane: lane.lane, epoch: lane.epoch };
}

const SAFETY_AT = T0 + 5_000 + 6 * 3_600_000;

describe("a consumer that ends", () => {
  test("with nothing left leaves a ledger that waits for the look without a cause", () => {
    const { driver, lane, epoch } = atWork();
    assert.deepEqual(driver.settle(lane, epoch, { claimed: 1 }).effects, { starts: [], alarmAt: SAFETY_AT });
    assert.equal(driver.state.pending, 0);
  });

  test("and knows when something is due is followed by a look then", () => {
    const { driver, lane, epoch } = atWork();
    assert.equal(driver.settle(lane, epoch, { claimed: 1, nextInMs: 7_000 }).effects.alarmAt, driver.now + 7_000);
  });

  test("with work left is replaced, and by one more where nobody knows how much it is", () => {
    const { driver, lane, epoch } = atWork();
    assert.deepEqual(
      driver.settle(lane, epoch, { claimed: 20, left: true }).effects.starts.map(({ cause }) => cause),
      ["left", "left"],
    );
  });

  test("with work left of which a lane could take none is replaced after a pause", () => {
    const { driver, lane, epoch } = atWork();
    assert.deepEqual(driver.settle(lane, epoch, { left: true }).effects, { starts: [], alarmAt: driver.now + 1_000 });
  });

  test("with work left that is too long for an enqueuer is replaced by a lane at once", () => {
    const driver = drive();
    const { epoch } = driver.wake({ lease: { consumer: "enqueue-1", forMs: 30_000 } }).reply;
    assert.equal(driver.settle("enqueue-1", epoch, { left: true }).effects.starts.length, 1);
  });

  test("without a word of an announced job that was too long for its enqueuer is replaced by a lane at once", () => {
    const driver = drive();
    const { epoch } = driver.wake({ ready: 2, lease: { consumer: "enqueue-1", forMs: 30_000 } }).reply;
    assert.equal(driver.settle("enqueue-1", epoch, { claimed: 1, deployment: null }).effects.starts.length, 1);
  });

  test("with a job that is due, and was announced, and nobody can take, is not replaced at once", () => {
    const { driver, lane, epoch } = atWork();
    assert.deepEqual(driver.settle(lane, epoch, { nextInMs: 0 }).effects, { starts: [], alarmAt: driver.now + 1_000 });
  });

  test("while jobs were announced that nobody works on is followed by another", () => {
    const { driver, lane, epoch } = atWork();
    driver.wake({ lease: { consumer: "enqueue-1", forMs: 30_000 } });
    driver.take({ type: "settle", consumer: "enqueue-1", epoch: -1, end: "nothing" });
    assert.equal(driver.settle(lane, epoch, { claimed: 1 }).effects.starts.length, 1);
  });

  test("has run what was announced: the last of many that drain themselves needs nobody after it", () => {
    const driver = drive();
    const epochs = ["a", "b"].map((consumer) => driver.wake({ lease: { consumer, forMs: 30_000 } }).reply.epoch);
    driver.wake({ ready: 0, dueInMs: 60_000 });
    driver.settle("b", epochs[1] ?? 0, { claimed: 1 });
    assert.equal(driver.settle("a", epochs[0] ?? 0, { claimed: 1 }).effects.starts.length, 0);
  });

  test("twice takes no lease from a later one of its name", () => {
    const { driver, lane, epoch } = atWork();
    driver.settle(lane, epoch);
    driver.now += 5_000;
    assert.equal(driver.wake().effects.starts[0]?.lane, lane);
    driver.settle(lane, epoch);
    assert.ok(lane in driver.state.leases);
  });

  test("and that this ledger gave no lease pushes nothing back", () => {
    const driver = drive();
    driver.wake({ ready: 0, dueInMs: 7_000 });
    driver.settle("a stranger", driver.state.epoch);
    assert.equal(driver.alarmAt, T0 + 7_000);
  });
});

describe("a lease that is given back", () => {
  for (const { end, starts } of [
    { end: "written", starts: 1 },
    { end: "nothing", starts: 0 },
  ] as const) {
    test(`with ${end} starts ${starts === 0 ? "nobody" : "a lane"}`, () => {
      const driver = drive();
      driver.wake({ written: false, lease: { consumer: "enqueue-1", forMs: 30_000 } });
      driver.now += 100;
      assert.equal(driver.take({ type: "settle", consumer: "enqueue-1", epoch: -1, end }).effects.starts.length, starts);
      assert.ok(!("enqueue-1" in driver.state.leases));
    });
  }
});

describe("a database that cannot be asked", () => {
  test("is asked again after a pause that doubles up to a minute, and is short again after a look", () => {
    const driver = drive();
    driver.wake();
    const pauses: number[] = [];
    for (let nth = 0; nth < 8; nth += 1) {
      for (const { lane, epoch } of driver.starts) driver.take({ type: "settle", consumer: lane, epoch, end: "unreachable" });
      pauses.push((driver.alarmAt ?? 0) - driver.now);
      driver.toAlarm();
    }
    assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    for (const { lane, epoch } of driver.starts) driver.settle(lane, epoch);
    assert.equal(driver.state.failures, 0);
  });

  for (const [what, end] of [
    ["cannot ask it", "unreachable"],
    ["are too late to take what they find", { left: true }],
  ] as const) {
    test(`is asked again after the first pause where several lanes ${what} at the same time`, () => {
      const driver = drive();
      const { starts } = driver.wake({ ready: 1_000 }).effects;
      assert.ok(starts.length > 4);
      for (const { lane, epoch } of starts) {
        if (typeof end === "string") driver.take({ type: "settle", consumer: lane, epoch, end });
        else driver.settle(lane, epoch, end);
        driver.now += 10;
      }
      assert.equal(driver.state.failures, 1);
      assert.ok((driver.alarmAt ?? 0) - driver.now < 1_000);
    });
  }

  test("for want of room gets half as many lanes for a minute", () => {
    const driver = drive();
    const [first] = driver.wake({ ready: 1_000 }).effects.starts;
    assert.ok(first);
    driver.take({ type: "settle", consumer: first.lane, epoch: first.epoch, end: "refused" });
    assert.equal(driver.state.pressure?.lanes, 4);
    assert.equal(driver.state.pressure?.until, driver.now + 60_000);
  });
});

describe("how long a job takes", () => {
  test("is learned from consumers that ran more jobs than they have slots", () => {
    const { driver, lane, epoch } = atWork();
    driver.settle(lane, epoch, { claimed: 100, busyMs: 50_000, slots: 4 });
    assert.equal(Math.round(driver.state.jobMs), 0.7 * 500 + 0.3 * 2_000);
  });

  test("is not learned from fewer", () => {
    const { driver, lane, epoch } = atWork();
    driver.settle(lane, epoch, { claimed: 4, busyMs: 50_000, slots: 4 });
    assert.equal(driver.state.jobMs, 500);
  });
});

describe("jobs that nobody has announced", () => {
  for (const { what, pending, claimed, expected } of [
    { what: "are what a look without a cause claims", pending: 0, claimed: 3, expected: 3 },
    { what: "are not those that were announced", pending: 3, claimed: 3, expected: 0 },
  ]) {
    test(what, () => {
      const driver = drive();
      driver.state = { ...driver.state, pending };
      driver.now += 6 * 3_600_000;
      const [lane] = driver.take({ type: "alarm" }).effects.starts;
      assert.equal(lane?.cause, "safety");
      driver.settle(lane?.lane ?? "", lane?.epoch ?? 0, { claimed });
      assert.equal(driver.state.counts.unannounced, expected);
    });
  }
});
