/**
 * A database whose default isolation is stricter: the queue's calls say what they need.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { operatorStore } from "../../src/postgres/operator/operator-store.ts";
import { schedule } from "../../src/schedule/schedule.ts";
import { tick } from "../../src/worker/tick.ts";
import { openDatabase, type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { newId } from "../support/samples.ts";
import { createWorker, schedulesOf } from "../support/worker.ts";

for (const isolation of ["repeatable read", "serializable"]) {
  describe(`a database that is ${isolation} by default`, () => {
    let server: TestServer;
    let database: TestDatabase;
    before(async () => {
      server = await testServer(18);
      const first = await server.database();
      await first.sql(
        `do $$ begin execute format('alter database %I set default_transaction_isolation = ''${isolation}''', current_database()); end $$`,
      );
      await first.close();
      database = openDatabase(first.url);
    });
    after(async () => {
      await database.close();
      await server.stop();
    });

    const work = defineJob("work", { limit: { live: 2 } });
    const workerOf = () => createWorker({ store: database.store, handlers: [work.handle<undefined>(() => {})] });

    test("takes enqueues under a limit, one and many", async () => {
      const { jobs } = workerOf();
      const results = [
        await jobs.enqueue(work, {}),
        ...(await jobs.enqueueMany([
          [work, {}],
          [work, {}],
        ])),
      ];
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ["enqueued", "enqueued", "limited"],
      );
    });

    test("takes ticks, with schedules, jobs and housekeeping", async () => {
      const daily = schedule("daily", "0 0 * * *", work);
      const run = () => tick(workerOf(), { waitMs: 0, schedules: schedulesOf([daily]), retentionDays: 7 });
      assert.equal((await run()).successful, 2);
      await database.sql("update mayfly.schedule set next_at = now()");
      const { successful, failed } = await run();
      assert.deepEqual([successful, failed], [1, []]);
    });

    test("takes an operator's calls", async () => {
      const operator = operatorStore({ driver: database.driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
      const { jobs } = workerOf();
      const { id } = await jobs.enqueue(work, {});
      assert.equal(await jobs.cancel(id), "cancelled");
      assert.equal((await jobs.retry(id)).outcome, "enqueued");
      assert.equal((await operator.purge()).ended, 1);
      assert.equal(await jobs.cancel(newId()), "unknown");
    });
  });
}
