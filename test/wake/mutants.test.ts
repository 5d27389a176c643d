/**
 * Faults in the reducer, made on purpose: each check holds, and fails once its fault is there.
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { drive, QUIET, version } from "./driver.ts";
import type { Reduce } from "./model-ledger.ts";
import type { JobPlan } from "./model-queue.ts";
import { type Enqueue, HOUR, MINUTE, ModelWorld, type WorldOptions } from "./model-world.ts";
import { finds } from "./mutant.ts";

const job = (plan: Partial<JobPlan> = {}): JobPlan => ({ delayMs: 0, runMs: 100, retries: 0, retryInMs: 0, ...plan });

/** Without crons, so that what the ledger forgets is not found by them. */
function longestOf(reduce: Reduce, enqueues: readonly Partial<Enqueue>[], options: WorldOptions = {}): number {
  const world = new ModelWorld({ crons: false, reduce, ...options });
  for (const plan of enqueues) world.enqueue({ at: HOUR, jobs: [job()], drains: false, writeMs: 20, ...plan });
  world.runUntilDone(3 * HOUR);
  return world.queue.isDone ? world.queue.longest.ms : Number.POSITIVE_INFINITY;
}

const soonAndLater = [{ jobs: [job({ delayMs: 10_000 })] }, { at: HOUR + 1_000, jobs: [job({ delayMs: HOUR })] }];

describe("faults in what is remembered", () => {
  finds(
    "of several times the earliest counts",
    {
      of: "on-wake.ts",
      from: "nextAt: earlier(state.nextAt, dueInMs === null ? null : startAt(dueInMs, now, settings)),",
      to: "nextAt: dueInMs === null ? state.nextAt : now + dueInMs,",
    },
    (reduce) => assert.ok(longestOf(reduce, soonAndLater) < 1_000),
  );

  finds(
    "a wake raises the epoch, so that whoever looked before it cannot push its time back",
    { of: "on-wake.ts", from: "const epoch = isNews ? nextEpoch(state, now) : state.epoch;", to: "const epoch = state.epoch;" },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      const { epoch } = driver.ask(version("another")).reply;
      driver.now += 10;
      driver.wake({ ready: 0, dueInMs: 10_000 });
      driver.settle("cron", epoch);
      assert.equal(driver.alarmAt, driver.now + 10_000);
    },
  );

  finds(
    "a consumer pushes back only what it knew of",
    { of: "on-settle.ts", from: "lease !== undefined && settle.epoch === state.epoch", to: "true" },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      driver.wake({ lease: { consumer: "early", forMs: 30_000 } });
      const { epoch } = driver.state;
      driver.now += 10;
      driver.wake({ ready: 0, dueInMs: 10_000 });
      driver.settle("early", epoch, { claimed: 1 });
      assert.equal(driver.alarmAt, driver.now + 10_000);
    },
  );

  finds(
    "only who has looked at the schedules pushes their time back",
    {
      of: "on-settle.ts",
      from: "const nextAt = knowsSchedules && (state.nextAt ?? now) - now > DUE_MS ? null : state.nextAt;",
      to: "const nextAt = null;",
    },
    (reduce) => {
      const driver = drive({ ...QUIET, nextAt: QUIET.epoch + HOUR }, {}, reduce);
      const { epoch } = driver.wake({ lease: { consumer: "enqueue-1", forMs: 30_000 } }).reply;
      driver.settle("enqueue-1", epoch, { claimed: 1, deployment: null });
      assert.equal(driver.alarmAt, QUIET.epoch + HOUR);
    },
  );

  finds(
    "what one consumer tells of, another that looked before does not push back",
    { of: "on-settle.ts", from: "Object.keys(state.leases).length > 0 ? nextEpoch(state, now) : state.epoch", to: "state.epoch" },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      driver.wake({ lease: { consumer: "runs a job", forMs: 30_000 } });
      const before = driver.state.epoch;
      const { epoch } = driver.ask(version("another")).reply;
      driver.settle("runs a job", before, { claimed: 1, nextInMs: 5_000 });
      driver.settle("cron", epoch);
      assert.equal(driver.alarmAt, driver.now + 5_000);
    },
  );
});

describe("faults in when it looks", () => {
  finds(
    "an alarm sets the next",
    {
      of: "reduce.ts",
      from: "alarmAt: alarmAt(next, settings)",
      to: 'alarmAt: event.type === "alarm" ? null : alarmAt(next, settings)',
    },
    (reduce) => assert.ok(longestOf(reduce, soonAndLater, { faults: { alarmEarlyMs: 1_000 } }) < 1_000),
  );

  finds(
    "an alarm is set whatever is set already",
    { of: "reduce.ts", from: "alarmAt: alarmAt(next, settings)", to: "alarmAt: alarmAt(state, settings) ?? alarmAt(next, settings)" },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      driver.wake({ ready: 0, dueInMs: HOUR });
      driver.wake({ ready: 0, dueInMs: 10_000 });
      assert.equal(driver.alarmAt, driver.now + 10_000);
    },
  );

  finds("the end of a lease is a look", { of: "alarm-at.ts", from: "earlier(nextAt, leaseEnd)", to: "nextAt" }, (reduce) =>
    assert.ok(longestOf(reduce, [{}], { faults: { killedAfterWrite: 1 } }) < 2 * MINUTE),
  );

  finds(
    "what is due starts one more lane, since those at work may be full",
    { of: "on-alarm.ts", from: "lanesAtWork(begun) + 1", to: "1" },
    (reduce) => {
      const long = { jobs: [job({ runMs: HOUR / 2 })] };
      assert.ok(longestOf(reduce, [long, { at: HOUR + 1_000, jobs: [job({ delayMs: 5 * MINUTE })] }]) < 2_000);
    },
  );

  finds(
    "what is left after a lane has a lane, also where others are at work",
    {
      of: "on-settle.ts",
      from: "Math.max(lanesAtWork(went) + 1, lanesForBacklog(went, settings))",
      to: "Math.max(1, lanesForBacklog(went, settings))",
    },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      const [first] = driver.wake().effects.starts;
      driver.now += 2_000;
      const [second] = driver.wake({ ready: 9 }).effects.starts;
      assert.ok(first && second);
      driver.settle(second.lane, second.epoch, { left: true, claimed: 4 });
      assert.equal(driver.starts.length, 1);
    },
  );
});

describe("faults in how much it starts", () => {
  finds(
    "a lane that is owed is started once one is free",
    { of: "on-settle.ts", from: "startOwed(step, now, settings)", to: "step" },
    (reduce) => {
      const driver = drive(QUIET, { lanes: 1 }, reduce);
      const [lane] = driver.wake().effects.starts;
      assert.ok(lane);
      driver.wake({ ready: 0, dueInMs: 5_000 });
      driver.toAlarm();
      driver.settle(lane.lane, lane.epoch, { claimed: 1 });
      assert.equal(driver.starts.length, 1);
    },
  );

  finds(
    "a database without room gets fewer lanes",
    {
      of: "start-lanes.ts",
      from: "return pressure && now < pressure.until ? Math.min(lanes, pressure.lanes) : lanes;",
      to: "return lanes;",
    },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      const starts = driver.wake({ ready: 1_000 }).effects.starts;
      assert.equal(starts.length, 8);
      for (const { lane, epoch } of starts) driver.take({ type: "settle", consumer: lane, epoch, end: "refused" });
      driver.now += 10_000;
      assert.equal(driver.wake({ ready: 1_000 }).effects.starts.length, 1);
    },
  );

  finds(
    "between looks for what is due and nobody can take there are pauses, ever longer ones",
    { of: "back-off.ts", from: "FIRST_MS * 2 ** (failures - 1)", to: "0" },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      let looks = 0;
      driver.wake();
      for (const end = driver.now + HOUR; driver.now < end && looks < 1_000; ) {
        looks += driver.starts.length;
        for (const { lane, epoch } of driver.starts) driver.settle(lane, epoch, { nextInMs: 0 });
        looks += driver.starts.length;
        driver.toAlarm();
      }
      assert.ok(looks < 70, `${looks} looks`);
    },
  );

  finds(
    "wakes at once start lanes once a second",
    { of: "start-lanes.ts", from: "Math.abs(now - startedAt) < SPACING_MS", to: "false" },
    (reduce) => {
      const driver = drive(QUIET, {}, reduce);
      const starts = Array.from({ length: 200 }, () => driver.wake().effects.starts.length);
      assert.equal(
        starts.reduce((a, b) => a + b),
        1,
      );
    },
  );
});
