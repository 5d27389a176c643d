/**
 * An invocation and its time: it stops claiming, it stops waiting, it starts only what can end in it, and it keeps
 * asking a database that does not answer.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { injectFaults } from "../../src/testing/index.ts";
import { drain } from "../../src/worker/drain.ts";
import { tick } from "../../src/worker/tick.ts";
import { until } from "../support/condition.ts";
import { useDatabase } from "../support/database.ts";

import { newJob } from "../support/samples.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker, recordingLogger, schedulesOf } from "../support/worker.ts";

const ONCE = { park: true, waitMs: 0 };
const work = defineJob("work", { timeout: "1m" });

const database = useDatabase();

const states = () => database.sql<{ state: string; attempt: number }>("select state, attempt from mayfly.live order by id");

/** A handler that tells when it has started and ends when it is told to. */
function controlled() {
  const started = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const handler = work.handle(() => {
    started.resolve();
    return end.promise;
  });
  return { handler, started: started.promise, end: end.resolve };
}

test("after its soft end it claims nothing more, and settles what it holds", async () => {
  const clock = virtualClock();
  const { handler, started, end } = controlled();
  const worker = createWorker({ store: database.store, handlers: [handler], clock, slots: 1, claimForMs: 50_000 });
  await worker.jobs.enqueueMany([
    [work, {}],
    [work, {}],
  ]);
  const draining = drain(worker, ONCE);
  await started;
  clock.advance(50_000);
  end();
  const { claimed, successful } = await draining;
  assert.deepEqual([claimed, successful], [1, 1]);
  assert.deepEqual(await states(), [{ state: "ready", attempt: 0 }]);
});

test("at its hard end it waits no longer for a handler that ignores its signal, and nothing has to be rescued", async () => {
  const clock = virtualClock();
  const slow = defineJob("slow", { timeout: "10m", retries: 1, retryDelay: "1h" });
  const started = Promise.withResolvers<void>();
  let reason: unknown;
  const handler = slow.handle(({ signal }) => {
    signal.addEventListener("abort", () => {
      reason = signal.reason;
    });
    started.resolve();
    return new Promise(() => {});
  });
  const worker = createWorker({ store: database.store, handlers: [handler], clock, hardEndMs: 900_000 });
  await worker.jobs.enqueue(slow, {}, { timeout: "14m" });
  const draining = drain(worker, ONCE);
  await started.promise;
  await clock.sleeperOf(20_000);
  clock.advance(898_000);
  assert.equal((await draining).errored, 1);
  assert.match(String(reason), /slow ran longer than its time-out of 14m/);
  assert.deepEqual(await states(), [{ state: "scheduled", attempt: 1 }]);
  assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.worker where left_at is null"), [{ n: 0 }]);
});

test("a job is started only if its time-out ends before the hard end", async () => {
  const worker = createWorker({ store: database.store, handlers: [work.handle(() => {})], hardEndMs: 60_000 });
  const short = newJob({ timeoutMs: 30_000 });
  await database.store.enqueue([short, newJob({ timeoutMs: 70_000 })]);
  const { claimed } = await drain(worker, { park: false, waitMs: 0 });
  assert.equal(claimed, 0, "the handler's own minute does not fit");
  const longer = createWorker({ store: database.store, handlers: [work.handle(() => {})], hardEndMs: 65_000 });
  const result = await drain(longer, { park: false, waitMs: 0 });
  assert.equal(result.claimed, 1);
  assert.equal((await database.store.job(short.id))?.state, "successful");
});

test("what the answer to a turn brings too late to be run is given back as if it had never been claimed", async () => {
  const clock = virtualClock();
  const late = Promise.withResolvers<void>();
  const sent = Promise.withResolvers<void>();
  const driver = {
    ...injectFaults(database.driver, () => undefined),
    async query(...call: Parameters<typeof database.driver.query>) {
      const rows = await database.driver.query(...call);
      sent.resolve();
      await late.promise;
      return rows;
    },
  };
  const worker = createWorker({
    store: postgresStore({ driver, clock: systemClock }),
    handlers: [work.handle(() => {})],
    clock,
    hardEndMs: 70_000,
  });
  await database.store.enqueue([newJob()]);
  const draining = drain(worker, ONCE);
  await sent.promise;
  clock.advance(50_000);
  late.resolve();
  const { claimed, successful, errored } = await draining;
  assert.deepEqual([claimed, successful, errored], [1, 0, 0]);
  assert.deepEqual(await states(), [{ state: "ready", attempt: 0 }]);
});

test("a running job is heard of at every heartbeat", async () => {
  const clock = virtualClock();
  const { handler, started, end } = controlled();
  const worker = createWorker({ store: database.store, handlers: [handler], clock });
  await worker.jobs.enqueue(work, {});
  const draining = drain(worker, ONCE);
  await started;
  await clock.sleeperOf(20_000);
  await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
  clock.advance(20_000);
  await until(
    async () => (await database.sql("select id from mayfly.worker where heartbeat_at < now() - interval '1 minute'")).length === 0,
  );
  end();
  assert.equal((await draining).successful, 1);
});

test("a tick waits for a job that falls due while it may claim, and not for a later one", async () => {
  const clock = virtualClock();
  const worker = createWorker({ store: database.store, handlers: [work.handle(() => {})], clock });
  await database.store.enqueue([newJob({ delayMs: 3_600_000 })]);
  assert.equal((await tick(worker, { waitMs: 50_000, schedules: schedulesOf([]), retentionDays: 7 })).turns, 0);
  const soon = newJob({ delayMs: 30_000 });
  await database.store.enqueue([soon]);
  const ticking = tick(worker, { waitMs: 50_000, schedules: schedulesOf([]), retentionDays: 7 });
  await clock.sleeping();
  await database.sql("update mayfly.scheduled set run_at = now() where id = $1", [soon.id]);
  clock.advance(30_000);
  assert.equal((await ticking).successful, 1);
});

test("a database that does not answer is asked again while jobs are held, always for the same turn", async () => {
  const clock = virtualClock();
  const { handler, started, end } = controlled();
  let down = false;
  const faulty = injectFaults(database.driver, () => (down ? { kind: "drop-reply" } : undefined));
  const logger = recordingLogger();
  const store = postgresStore({ driver: faulty, clock: { ...systemClock, sleep: async () => {} } });
  const worker = createWorker({ store, handlers: [handler], clock, logger });
  await worker.jobs.enqueue(work, {});
  const draining = drain(worker, ONCE);
  await started;
  down = true;
  end();
  await clock.sleeperOf(2_000);
  down = false;
  clock.advance(2_000);
  const { successful, claimsLost } = await draining;
  assert.deepEqual([successful, claimsLost], [1, 0]);
  assert.ok(logger.lines.some(({ message }) => message === "a turn failed and is repeated"));
  assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "successful" }]);
});

test("what a first turn has claimed runs, though its answer was lost for longer than a call is repeated", async () => {
  const clock = virtualClock();
  let lost = 0;
  const faulty = injectFaults(database.driver, () => (lost++ < 20 ? { kind: "drop-reply" } : undefined));
  const store = postgresStore({ driver: faulty, clock: { ...systemClock, sleep: async () => {} } });
  const worker = createWorker({ store, handlers: [work.handle(() => {})], clock });
  await database.store.enqueue([newJob({ name: "work" })]);
  const draining = drain(worker, ONCE);
  for (const ms of [2_000, 4_000]) {
    await clock.sleeperOf(ms);
    clock.advance(ms);
  }
  assert.equal((await draining).successful, 1);
  assert.deepEqual(await database.sql("select outcome, attempt from mayfly.result"), [{ outcome: "successful", attempt: 1 }]);
});

test("a database that cannot be reached by an idle worker ends its life with the driver's error", async () => {
  const driver: Driver = {
    query: () => Promise.reject(new DriverError("before", "no connection")),
    transaction: () => Promise.reject(new DriverError("before", "no connection")),
  };
  const store = postgresStore({ driver, clock: { ...systemClock, sleep: async () => {} } });
  const worker = createWorker({ store, handlers: [work.handle(() => {})] });
  await assert.rejects(drain(worker, ONCE), { code: "database_unreachable" });
});

test("a worker that was taken for dead is told that its results do not count", async () => {
  const clock = virtualClock();
  const { handler, started, end } = controlled();
  const logger = recordingLogger();
  const worker = createWorker({ store: database.store, handlers: [handler], clock, logger });
  const { id } = await worker.jobs.enqueue(work, {});
  const draining = drain(worker, ONCE);
  await started;
  await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
  const rescuer = createWorker({ store: database.store, handlers: [] });
  assert.equal((await tick(rescuer, { waitMs: 0, schedules: schedulesOf([]), retentionDays: 7 })).lost, 1);
  end();
  const { claimsLost, successful } = await draining;
  assert.deepEqual([claimsLost, successful], [1, 0]);
  assert.ok(logger.lines.some(({ message }) => message === "results not accepted"));
  assert.equal((await database.store.job(id))?.state, "lost");
});
