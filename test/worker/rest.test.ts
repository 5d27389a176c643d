/**
 * A container that leaves the database alone while it has nothing to do, in virtual time.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Rest } from "../../adapters/container/rest.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { openBudget } from "../../src/worker/budget.ts";
import { serve } from "../../src/worker/serve.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { answeringStore, reportOf } from "../support/answering-store.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker, schedulesOf } from "../support/worker.ts";

const MINUTE_MS = 60_000;

/** A container that rests after four minutes, over a store whose queries are written down. `dueInMs`: of the next scheduled job, seen from its start. */
async function start(dueInMs: number | null = null, fireInMs: number | null = null) {
  const clock = virtualClock();
  const startedAt = clock.now();
  const wakeSignal = new WakeSignal();
  const rest = new Rest(clock, 4 * MINUTE_MS);
  const queries: string[] = [];
  const left = (inMs: number | null) => (inMs === null ? null : startedAt + inMs - clock.now());
  const store = answeringStore({
    tick() {
      queries.push("tick");
      return { nextDueMs: left(dueInMs), nextFireMs: left(fireInMs), nowMs: clock.now() };
    },
    turn({ presence }) {
      queries.push(presence?.leave ? "leave" : "turn");
      return presence ? { report: reportOf({ nextDueMs: left(dueInMs) }) } : {};
    },
  });
  const budget = openBudget(clock);
  const heartbeat = { intervalMs: 20_000, timeoutMs: 90_000 };
  const worker = { ...createWorker({ store, handlers: [defineJob("work").handle(() => {})], clock, heartbeat }), budget };
  const served = serve(worker, {
    schedules: schedulesOf([]),
    retentionDays: 7,
    connectForMs: 0,
    wakeSignal,
    pollMs: () => 20_000,
    resting: () => rest.isResting,
    listening: () => !rest.isResting,
    onTurn: ({ claimed }, running) => rest.turned(claimed, running),
    onCheck: () => {},
  });
  /** Lets so much time pass, in steps in which everybody is heard, and answers what was asked meanwhile. */
  async function pass(ms: number): Promise<string[]> {
    const from = queries.length;
    for (let passed = 0; passed < ms; passed += 10_000) {
      clock.advance(10_000);
      for (let round = 0; round < 5; round++) await new Promise(setImmediate);
    }
    return queries.slice(from);
  }
  return {
    pass,
    wake: () => wakeSignal.wake(),
    async stop() {
      budget.endIn(0);
      wakeSignal.wake();
      await served;
    },
  };
}

describe("a container that rests after four minutes", () => {
  test("asks while they pass, and signs off with its last turn", async () => {
    const container = await start();
    const asked = await container.pass(5 * MINUTE_MS);
    assert.ok(asked.filter((query) => query === "turn").length > 5, asked.join());
    assert.deepEqual(asked.slice(-1), ["leave"]);
    await container.stop();
  });

  test("then asks nothing for an hour", async () => {
    const container = await start();
    await container.pass(5 * MINUTE_MS);
    assert.deepEqual(await container.pass(60 * MINUTE_MS), []);
    await container.stop();
  });

  test("looks when a job is due of which it knows", async () => {
    const container = await start(30 * MINUTE_MS);
    await container.pass(5 * MINUTE_MS);
    assert.deepEqual(await container.pass(24 * MINUTE_MS), []);
    assert.ok((await container.pass(2 * MINUTE_MS)).includes("leave"));
    await container.stop();
  });

  test("looks when a schedule is due", async () => {
    const container = await start(null, 30 * MINUTE_MS);
    await container.pass(5 * MINUTE_MS);
    assert.deepEqual(await container.pass(24 * MINUTE_MS), []);
    assert.ok((await container.pass(2 * MINUTE_MS)).includes("tick"));
    await container.stop();
  });

  test("looks when it is woken, and after six hours all the same", async () => {
    const container = await start();
    await container.pass(5 * MINUTE_MS);
    container.wake();
    assert.deepEqual(await container.pass(MINUTE_MS), ["leave"]);
    assert.ok((await container.pass(6 * 60 * MINUTE_MS)).includes("tick"));
    await container.stop();
  });
});
