/**
 * What goes wrong between a Worker, its ledger and its lanes, in a real workerd and over a real Postgres: nothing is lost, nothing runs twice, and nothing
 * waits for longer than until the next cron, or where that is said, the next look without a cause.
 *
 * Time passes in the ledger's clock and in the database, so that nobody waits. Two ledgers of one database and alarms that the platform holds back for long are
 * tried in the model only (test/wake/model.test.ts): the local runtime has one process, which makes one object of a name and calls its alarm in time.
 * @module
 */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import type { TestHarness } from "wrangler";
import { until } from "../support/condition.ts";
import { type CountingEndpoint, startCountingEndpoint } from "../support/counting-endpoint.ts";
import { useDatabase } from "../support/database.ts";
import { faultyEngine, HOUR, MINUTE } from "../support/faulty-engine.ts";
import { openGate } from "../support/gate.ts";
import { startWorkers } from "../support/workerd.ts";

let endpoint: CountingEndpoint;
let workerd: TestHarness;

const database = useDatabase(async (database) => {
  endpoint = await startCountingEndpoint(database);
  workerd = await startWorkers(["test/adapters/workers/faults.toml"], { ...endpoint.vars, MAYFLY_OPERATOR_TOKENS: "token-of-a-test" });
});
after(async () => {
  await workerd.close();
  await endpoint.close();
});

const engine = faultyEngine(
  () => database,
  () => ({
    send: async (path, init) => (await workerd.fetch(path, init)) as unknown as Response,
    cron: () => workerd.getWorker().scheduled({ cron: "* * * * *" }),
  }),
);
const { cron, enqueue, ended, outcomes, pass, set } = engine;
beforeEach(() => engine.fresh());

const quick = { name: "quick" };
const inAnHour = { name: "quick", delay: "1h" };

describe("an alarm", () => {
  test("that never comes is taken for lost once it is two seconds late: the cron runs the job", async () => {
    await set({ alarms: "lost" });
    await enqueue(inAnHour);
    await pass(HOUR + 500);
    const before = endpoint.queries;
    await cron();
    assert.deepEqual([endpoint.queries - before, await outcomes()], [0, []]);
    await pass(2_000);
    await cron();
    assert.deepEqual(await outcomes(), ["quick successful"]);
  });

  test("that comes after the cron has done its work starts nobody", async () => {
    await set({ alarms: "lost" });
    await enqueue(inAnHour);
    await pass(HOUR + MINUTE);
    await cron();
    await engine.quiet();
    const before = endpoint.queries;
    await engine.ring();
    const { lanes } = await engine.ledger();
    assert.deepEqual([lanes, endpoint.queries - before, await outcomes()], [0, 0, ["quick successful"]]);
  });

  test("that comes twice runs the job once", async () => {
    await enqueue(inAnHour);
    await pass(HOUR + 1);
    await Promise.all([engine.ring(), engine.ring()]);
    assert.deepEqual(await ended(), ["quick successful"]);
  });
});

describe("a wake", () => {
  for (const fate of ["lost", "unanswered", "doubled", "late"] as const) {
    test(`that is ${fate} keeps nobody from running, after the response, what was enqueued`, async () => {
      await set({ fates: { wake: fate } });
      await enqueue(quick);
      assert.deepEqual(await ended(), ["quick successful"]);
      await set({});
      await engine.quiet();
      assert.deepEqual(await outcomes(), ["quick successful"]);
    });
  }

  for (const fate of ["unanswered", "doubled", "late"] as const) {
    test(`that is ${fate} keeps no job for later from running at its time, once`, async () => {
      await set({ fates: { wake: fate } });
      await enqueue(inAnHour);
      await set({});
      await until(async () => ((await engine.ledger()).nextInMs ?? 0) > HOUR - MINUTE);
      await pass(HOUR + 1);
      await engine.ring();
      assert.deepEqual(await ended(), ["quick successful"]);
    });
  }

  test("for later that is lost, both beside the write and after it, costs the time until the safety look", async () => {
    await set({ fates: { wake: "lost" } });
    await enqueue(inAnHour);
    await set({});
    await pass(2 * HOUR);
    await cron();
    assert.deepEqual(await outcomes(), []);
    await pass(4 * HOUR + MINUTE);
    await cron();
    assert.deepEqual(await outcomes(), ["quick successful"]);
  });
});

describe("a consumer's last word", () => {
  for (const fate of ["lost", "unanswered", "doubled", "late"] as const) {
    test(`that is ${fate}, about a retry, costs it a cron's interval at most`, async () => {
      await set({ fates: { settle: fate } });
      await enqueue({ name: "hourly" });
      await until(async () => (await outcomes()).length === 1);
      await until(async () => (await database.sql("select from mayfly.worker where left_at is null")).length === 0);
      await set({});
      await pass(MINUTE);
      await cron();
      await pass(HOUR - MINUTE + 1);
      await engine.ring();
      assert.deepEqual(await ended(), ["hourly errored", "hourly successful"]);
    });
  }
});

describe("a lane's start", () => {
  test("that is lost costs a cron's interval", async () => {
    await set({ fates: { start: "lost" } });
    await engine.putIn(quick);
    await engine.wake();
    await until(async () => (await engine.ledger()).lanes === 1);
    assert.deepEqual(await outcomes(), []);
    await pass(MINUTE);
    await cron();
    assert.deepEqual(await outcomes(), ["quick successful"]);
  });

  for (const fate of ["unanswered", "doubled"] as const) {
    test(`that is ${fate} runs its jobs once`, async () => {
      await set({ fates: { start: fate } });
      await engine.putIn(quick, quick, quick);
      await engine.wake();
      assert.deepEqual(await ended(), ["quick successful", "quick successful", "quick successful"]);
    });
  }
});

test("a lane that the runtime throws away in the middle of a drain loses no job: what it ran is rescued, and runs once more as a retry", async (t) => {
  const gate = await openGate();
  t.after(() => gate.close());
  await engine.putIn({ name: "held", payload: { url: gate.url }, retries: 1 }, quick);
  await engine.wake();
  await gate.arrived;
  await until(async () => (await outcomes()).length === 1);
  await engine.crash("lane-0");
  gate.open();
  await pass(3 * MINUTE);
  await cron();
  assert.deepEqual(await ended(), ["held lost", "held successful", "quick successful"]);
});

describe("a ledger", () => {
  for (const [what, ledger] of [
    ["whose object throws", "throws"],
    ["whose object cannot be made", "unmade"],
    ["whose binding is none", "unbound"],
  ] as const) {
    test(`${what} delays nothing that is enqueued, and each cron looks for the rest`, async () => {
      await set({ ledger });
      if (ledger === "unmade") await engine.forget();
      await enqueue(quick);
      assert.deepEqual(await ended(), ["quick successful"]);
      await enqueue(inAnHour);
      await engine.putIn(quick);
      await cron();
      assert.deepEqual(await outcomes(), ["quick successful", "quick successful"]);
      await pass(HOUR);
      await cron();
      assert.deepEqual(await outcomes(), ["quick successful", "quick successful", "quick successful"]);
    });
  }

  test("that cannot be asked has the cron look", async () => {
    await set({ fates: { due: "lost" } });
    await engine.putIn(quick);
    await cron();
    assert.deepEqual(await outcomes(), ["quick successful"]);
  });

  test("that forgets all has the next cron look, and knows what is due again", async () => {
    await enqueue(inAnHour);
    await engine.forget();
    await cron();
    await pass(HOUR + 1);
    await engine.ring();
    assert.deepEqual(await ended(), ["quick successful"]);
  });

  for (const [direction, byMs] of [
    ["back", -HOUR],
    ["ahead", HOUR],
  ] as const) {
    test(`whose clock is set ${direction} by an hour has the next cron look, and starts at the right time`, async () => {
      await enqueue(inAnHour);
      await pass(HOUR / 2);
      await set({ clockMs: HOUR / 2 + byMs });
      await cron();
      assert.deepEqual(await outcomes(), []);
      await until(async () => Math.abs(((await engine.ledger()).nextInMs ?? 0) - HOUR / 2) < MINUTE);
      await pass(HOUR / 2);
      await engine.ring();
      assert.deepEqual(await ended(), ["quick successful"]);
    });
  }
});
