/**
 * What each operation costs in round trips.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { type CountingDriver, countRoundTrips } from "../../src/testing/index.ts";
import { drain } from "../../src/worker/drain.ts";
import { tick } from "../../src/worker/tick.ts";
import { useDatabase } from "../support/database.ts";

import { newId } from "../support/samples.ts";
import { createWorker, LIMITS, schedulesOf } from "../support/worker.ts";

const work = defineJob("work");
const choosy = defineJob("choosy", { shouldEnqueue: ({ pending, running }) => pending + running < 2 });

const database = useDatabase();
let counted: CountingDriver;

function setUp() {
  counted = countRoundTrips(database.driver);
  const store = postgresStore({ driver: counted, clock: systemClock });
  const jobs = createJobs({ store, limits: LIMITS, ids: { newId, clock: systemClock } });
  const enqueue = (n: number) => jobs.enqueueMany(Array.from({ length: n }, () => [work, {}] as const));
  return { store, jobs, enqueue, worker: (slots: number) => createWorker({ store, handlers: [work.handle(() => {})], slots }) };
}

async function tripsOf(call: () => Promise<unknown>): Promise<number> {
  counted.reset();
  await call();
  return counted.roundTrips;
}

test("an enqueue of one, of 1,000 and in a transaction: 1", async () => {
  const { jobs, enqueue } = setUp();
  assert.equal(await tripsOf(() => jobs.enqueue(work, {})), 1);
  assert.equal(await tripsOf(() => enqueue(1_000)), 1);
  assert.equal(await tripsOf(() => jobs.transaction([jobs.statement(work, {}), ["select 1"]])), 1);
});

test("an enqueue with a shouldEnqueue: 2, and 1 where it says no", async () => {
  const { jobs } = setUp();
  const outcomes: string[] = [];
  const enqueue = async () => {
    outcomes.push((await jobs.enqueue(choosy, {})).outcome);
  };
  assert.deepEqual([await tripsOf(enqueue), await tripsOf(enqueue), await tripsOf(enqueue)], [2, 2, 1]);
  assert.deepEqual(outcomes, ["enqueued", "enqueued", "skipped"]);
});

test("the life of a worker that has slots for all jobs: 2; a tick looks first: 3; a deployment's first tick announces its schedules: 1 more", async () => {
  const { enqueue, worker } = setUp();
  assert.equal(await tripsOf(() => tick(worker(10), { waitMs: 0, schedules: schedulesOf([]), retentionDays: 7 })), 2);
  await enqueue(10);
  assert.equal(await tripsOf(() => drain(worker(10), { park: true, waitMs: 0 })), 2);
  await enqueue(9);
  assert.equal(await tripsOf(() => tick(worker(10), { waitMs: 0, schedules: schedulesOf([]), retentionDays: 7 })), 3);
  assert.deepEqual(await database.sql("select count(*)::int as n, count(distinct id)::int as jobs from mayfly.result"), [
    { n: 19, jobs: 19 },
  ]);
});

test("each further batch: 1", async () => {
  const { enqueue, worker } = setUp();
  await enqueue(9);
  const one = await tripsOf(() => drain(worker(10), { park: true, waitMs: 0 }));
  await enqueue(49);
  assert.equal(await tripsOf(() => drain(worker(10), { park: true, waitMs: 0 })), one + 4);
});

test("a tick with nothing to do: 1", async () => {
  const { worker } = setUp();
  const ticking = () => tick(worker(10), { waitMs: 0, schedules: schedulesOf([]), retentionDays: 7 });
  await ticking();
  assert.equal(await tripsOf(ticking), 1);
});
