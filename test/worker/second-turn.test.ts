/**
 * Two turns under way at once: when there are, and that they share the slots.
 * @module
 */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import type { Store, Turn } from "../../src/store/store.ts";
import { type Fault, injectFaults } from "../../src/testing/index.ts";
import { drain } from "../../src/worker/drain.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { createWorker, recordingLogger } from "../support/worker.ts";

const ONCE = { park: true, waitMs: 0 };
const work = defineJob("work");

let server: TestServer;
let database: TestDatabase;
before(async () => {
  server = await startTestServer(18);
});
after(() => server.stop());
beforeEach(async () => {
  database = await server.database();
});
afterEach(() => database.close());

/** A store that tells how many of its turns were under way when each was asked for, itself included. */
function watched(store: Store): { readonly store: Store; readonly asked: { readonly turn: Turn; readonly underWay: number }[] } {
  const asked: { turn: Turn; underWay: number }[] = [];
  let underWay = 0;
  const turn: Store["turn"] = async (one, callOptions) => {
    asked.push({ turn: one, underWay: ++underWay });
    try {
      return await store.turn(one, callOptions);
    } finally {
      underWay--;
    }
  };
  return { store: { ...store, turn }, asked };
}

async function fill(jobs: number): Promise<void> {
  await database.sql('select from mayfly.enqueue_v1((select jsonb_agg(\'{"name": "work"}\'::jsonb) from generate_series(1, $1::int)))', [
    jobs,
  ]);
}

async function results(): Promise<unknown> {
  const [counted] = await database.sql(
    "select count(*)::int as results, count(distinct id)::int as jobs, (select count(*)::int from mayfly.job) as live from mayfly.result where outcome = 'successful'",
  );
  return counted;
}

test("of a backlog of short jobs two halves are under way at once, and no more jobs run than there are slots", async () => {
  await fill(2_000);
  const { store, asked } = watched(database.store);
  let [running, mostRunning] = [0, 0];
  const handler = work.handle<undefined>(async () => {
    mostRunning = Math.max(mostRunning, ++running);
    await new Promise(setImmediate);
    running--;
  });
  const counts = await drain(createWorker({ store, handlers: [handler], slots: 200 }), ONCE);
  assert.deepEqual([counts.claimed, counts.successful, counts.stale], [2_000, 2_000, 0]);
  assert.deepEqual(await results(), { results: 2_000, jobs: 2_000, live: 0 });
  const beside = asked.filter(({ underWay }) => underWay === 2);
  assert.ok(beside.length >= 4, `${beside.length} turns were asked for beside another`);
  assert.ok(asked.every(({ turn, underWay }) => underWay === 1 || (underWay === 2 && turn.slots <= 100 && turn.settle.length <= 100)));
  assert.ok(mostRunning <= 200, `${mostRunning} ran at once`);
  assert.deepEqual(
    asked.map(({ turn }) => turn.leave),
    [true, ...Array<boolean>(asked.length - 2).fill(false), true],
    "it signs off only when no other turn is under way",
  );
});

test("while a job of those claimed runs on, and with fewer than 200 slots, there is one turn at a time", async () => {
  for (const [slots, long] of [
    [200, 1],
    [199, 0],
  ] as const) {
    await fill(1_000);
    const { store, asked } = watched(database.store);
    const others = Promise.withResolvers<void>();
    let begun = 0;
    const handler = work.handle<undefined>(async () => {
      const nth = ++begun;
      if (begun === 1_000) others.resolve();
      if (nth <= long) await others.promise;
    });
    const counts = await drain(createWorker({ store, handlers: [handler], slots }), ONCE);
    assert.equal(counts.successful, 1_000);
    assert.deepEqual([...new Set(asked.map(({ underWay }) => underWay))], [1], `${slots} slots`);
  }
});

test("of two turns under way, each that gets no answer is asked for again, and no job runs twice", async () => {
  await fill(1_000);
  const faults: Record<number, Fault> = { 2: { kind: "drop-reply" }, 3: { kind: "drop-request" }, 6: { kind: "drop-reply" } };
  const { store, asked } = watched(postgresStore({ driver: injectFaults(database.driver, (call) => faults[call]), clock: systemClock }));
  let run = 0;
  const handler = work.handle<undefined>(() => {
    run++;
  });
  const counts = await drain(createWorker({ store, handlers: [handler], slots: 200 }), ONCE);
  assert.deepEqual([run, counts.successful, counts.stale], [1_000, 1_000, 0]);
  assert.deepEqual(
    asked.slice(1, 3).map(({ underWay }) => underWay),
    [1, 2],
    "the second and the third call were under way at once",
  );
  assert.deepEqual(await results(), { results: 1_000, jobs: 1_000, live: 0 });
});

test("what a second turn fails with ends the worker, once all that it had claimed besides is settled", async () => {
  await fill(2_000);
  const { store, asked } = watched(database.store);
  const failing: Store = {
    ...store,
    turn: async (turn, callOptions) => {
      // The first one for half of the slots is the second turn's.
      const first = turn.slots === 100 && !asked.some(({ turn: { slots } }) => slots === 100);
      const reply = await store.turn(turn, callOptions);
      if (first) throw new DriverError("definite", "no such function", { sqlState: "42883" });
      return reply;
    },
  };
  let run = 0;
  const handler = work.handle<undefined>(() => {
    run++;
  });
  await assert.rejects(drain(createWorker({ store: failing, handlers: [handler], slots: 200, logger: recordingLogger() }), ONCE), {
    message: /no such function/,
  });
  const [left] = await database.sql<{ running: number }>("select count(*)::int as running from mayfly.job where state = 'running'");
  // What that turn had claimed is not known here; everything else that was begun has been told of.
  assert.equal(left?.running, 100);
  assert.deepEqual(await results(), { results: run, jobs: run, live: 2_000 - run });
});

test("at the soft end both turns under way are waited for, and what they claimed is settled", async () => {
  await fill(2_000);
  const { store, asked } = watched(database.store);
  let mayClaim = true;
  const handler = work.handle<undefined>(() => {});
  const worker = createWorker({ store, handlers: [handler], slots: 200 });
  const budget = { ...worker.budget, mayClaim: () => mayClaim, fits: () => true, remainingMs: () => 60_000, claimMs: () => 60_000 };
  const ending: Store = {
    ...store,
    turn: async (turn, callOptions) => {
      // As soon as two are under way.
      if (asked.some(({ underWay }) => underWay === 2)) mayClaim = false;
      return await store.turn(turn, callOptions);
    },
  };
  const counts = await drain({ ...worker, store: ending, budget }, ONCE);
  assert.ok(counts.claimed < 2_000);
  assert.equal(counts.successful, counts.claimed);
  assert.deepEqual(await results(), { results: counts.claimed, jobs: counts.claimed, live: 2_000 - counts.claimed });
  assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job where state = 'running'"), [{ n: 0 }]);
});
