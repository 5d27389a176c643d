/**
 * Many workers, ten thousand jobs: each runs once and has one result.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { drain } from "../../src/worker/drain.ts";
import { openDatabase, testServer } from "../support/database.ts";
import { newId } from "../support/samples.ts";
import { createWorker, LIMITS } from "../support/worker.ts";

const JOBS = 10_000;

test("eight concurrent workers run ten thousand jobs once each", () => runAll({ workers: 8, slots: 20, turnsAtOnce: 1 }));

test("so do four that have two turns under way at once", () => runAll({ workers: 4, slots: 200, turnsAtOnce: 2 }));

async function runAll({ workers, slots, turnsAtOnce }: { workers: number; slots: number; turnsAtOnce: number }): Promise<void> {
  const server = await testServer(18);
  const database = await server.database();
  const connections = Array.from({ length: workers }, () => openDatabase(database.url, turnsAtOnce));
  try {
    const work = defineJob<"work", { n: number }>("work");
    const jobs = createJobs({ store: database.store, limits: LIMITS, ids: { newId, clock: systemClock } });
    for (let from = 0; from < JOBS; from += 1_000) {
      await jobs.enqueueMany(Array.from({ length: 1_000 }, (_, n) => [work, { n: from + n }] as const));
    }
    const runs = new Map<string, number>();
    const handlers = [
      work.handle(async ({ id }) => {
        runs.set(id, (runs.get(id) ?? 0) + 1);
        await null;
      }),
    ];
    const lives = await Promise.all(
      connections.map(({ store }) => drain(createWorker({ store, handlers, slots }), { park: true, waitMs: 0 })),
    );
    assert.equal(runs.size, JOBS);
    assert.ok([...runs.values()].every((times) => times === 1));
    assert.equal(
      lives.reduce((sum, { successful }) => sum + successful, 0),
      JOBS,
    );
    assert.ok(
      lives.every(({ claimed, claimsLost }) => claimed > 0 && claimsLost === 0),
      "all took part",
    );
    const [counts] = await database.sql(
      `select count(*)::int as results, count(distinct id)::int as ended, count(distinct worker_id)::int as workers,
         (select count(*)::int from mayfly.live) as live from mayfly.result where outcome = 'successful'`,
    );
    assert.deepEqual(counts, { results: JOBS, ended: JOBS, workers, live: 0 });
  } finally {
    for (const connection of connections) await connection.close();
    await database.close();
    await server.stop();
  }
}
