/**
 * Removing old results by hand: by whole partitions, and row by row.
 * @module
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { OperatorClient } from "../../../src/operate/operator-client.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";
import { idOfDaysAgo, writeFinished } from "../../support/finished.ts";
import { newJob } from "../../support/samples.ts";

function operatorOf({ driver }: SqlDatabase): OperatorClient {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
}

onEachPostgres((open) => {
  describe("clear", () => {
    test("empties what is older, and keeps the rest", async () => {
      const database = await open();
      const { sql } = database;
      const operator = operatorOf(database);
      await sql("truncate mayfly.job, mayfly.result");
      // In partitions of four days, each closed two days after its last: whatever day it is, that of 14 days ago is past 7 as a whole.
      for (const finishedDaysAgo of [0, 14]) {
        await writeFinished(sql, [{ id: await idOfDaysAgo(sql, finishedDaysAgo), finishedDaysAgo }]);
      }
      const kept = async () => (await sql<{ n: number }>("select count(*)::integer as n from mayfly.result"))[0]?.n;
      assert.deepEqual(await operator.clear(15), { emptied: 0, kept: 0, deleted: 0 });
      assert.deepEqual(await operator.clear(), { emptied: 1, kept: 0, deleted: 0 });
      assert.equal(await kept(), 1);
      assert.deepEqual(await operator.clear(), { emptied: 0, kept: 0, deleted: 0 });
      for (const days of [0, 31, 1.5]) await assert.rejects(operator.clear(days), { code: "invalid_options" });
    });
  });

  describe("clear, of a partition that holds younger results too", () => {
    const LEFT = "select name from mayfly.result order by name";

    test("deletes what is older row by row, and its jobs", async () => {
      const database = await open();
      const { sql } = database;
      await sql("truncate mayfly.job, mayfly.result");
      const ages = { younger: 6.9, older: 7.1 };
      for (const [name, finishedDaysAgo] of Object.entries(ages))
        await writeFinished(sql, [{ id: await idOfDaysAgo(sql, 7), name, finishedDaysAgo }]);
      assert.deepEqual(await operatorOf(database).clear(7), { emptied: 0, kept: 0, deleted: 1 });
      assert.deepEqual(await sql(LEFT), [{ name: "younger" }]);
      assert.deepEqual(await sql("select name from mayfly.job"), [{ name: "younger" }]);
    });

    test("a slice at a time, from all partitions together", async () => {
      const { sql } = await open();
      const ids = [await idOfDaysAgo(sql, 2), randomUUID(), await idOfDaysAgo(sql, 2), randomUUID()];
      await writeFinished(
        sql,
        ids.map((id) => ({ id, finishedDaysAgo: 2 })),
      );
      const slices: number[] = [];
      for (let call = 0; call < 3; call++)
        slices.push((await sql<{ deleted: number }>("select deleted from mayfly.clear_past(1, 3)"))[0]?.deleted ?? -1);
      assert.deepEqual(slices, [3, 1, 0]);
    });

    test("leaves a job that lives, without the attempts that are past", async () => {
      const database = await open();
      const { sql } = database;
      const id = await idOfDaysAgo(sql, 3);
      await database.store.enqueue([newJob({ id, delayMs: 60_000 })]);
      await sql(
        `insert into mayfly.result (id, claim_id, partition, finished_at, attempt, outcome, queue, name)
         select s.id, s.id, s.partition, now() - interval '3 days', 1, 'errored', s.queue, s.name from mayfly.scheduled s`,
      );
      assert.equal((await operatorOf(database).clear(1)).deleted, 1);
      assert.deepEqual(await sql("select id from mayfly.job"), [{ id }]);
    });
  });
});
