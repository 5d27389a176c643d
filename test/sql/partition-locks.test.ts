/**
 * Partitions while others are at work: jobs that are moved to far and repeated at once, and truncation beside readers and writers.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { storeOver } from "../support/database.ts";
import { onEachServer } from "../support/each-postgres.ts";
import { oldId, oldJob, partitionsOf } from "../support/old-jobs.ts";
import { housekeep } from "../support/samples.ts";
import { begin, untilWaiting } from "../support/stranger.ts";

onEachServer((open) => {
  test("a repeat that meets the move waits for it, and is a duplicate", async () => {
    const database = await open();
    const job = await oldJob(database, 12);
    await using mover = await begin(database, "select mayfly.move_stragglers(10)");
    const repeat = database.store.enqueue([job]);
    await untilWaiting(database);
    await mover.commit();
    assert.equal((await repeat)[0]?.outcome, "duplicate");
  });

  test("a repeat in a transaction whose snapshot is older than the move is a duplicate", async () => {
    const database = await open();
    const job = await oldJob(database, 12);
    await using old = await begin(database, "set transaction isolation level repeatable read", "select from mayfly.job");
    await housekeep(database);
    assert.equal((await storeOver(old.client).enqueue([job]))[0]?.outcome, "duplicate");
    await old.commit();
  });

  test("a live row that a stranger holds is left for the next time, and the others are moved", async () => {
    const database = await open();
    const [held, free] = [await oldJob(database, 12), await oldJob(database, 12.5)];
    await using stranger = await begin(database, `select from mayfly.ready where id = '${held.id}' for update`);
    await housekeep(database);
    assert.deepEqual(await partitionsOf(database, held.id), ["its own", "its own"]);
    assert.deepEqual(await partitionsOf(database, free.id), ["far", "far"]);
    await stranger.rollback();
    await housekeep(database);
    assert.deepEqual(await partitionsOf(database, held.id), ["far", "far"]);
  });

  test("a partition is not truncated where a job comes while the truncation waits for its lock", async () => {
    const database = await open();
    const { sql } = database;
    const job = await oldJob(database, 40);
    const [{ part = -1 } = {}] = await sql<{ part: number }>("delete from mayfly.ready returning partition::int as part");
    await using stranger = await begin(database, `lock table mayfly.job_${String(part).padStart(2, "0")} in row exclusive mode`);
    await stranger.client.query(
      `insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at) select $1, $2, 'default', 'work', 0, 0, now()`,
      [job.id, part],
    );
    await sql("alter function mayfly.truncate_partition set lock_timeout = '60s'");
    const truncated = sql("select mayfly.truncate_partition($1, 1) as outcome", [part]);
    await untilWaiting(database);
    await stranger.commit();
    assert.deepEqual(await truncated, [{ outcome: "live" }]);
    await sql("alter function mayfly.truncate_partition set lock_timeout = '100ms'");
    assert.deepEqual(await sql("select id from mayfly.job"), [{ id: job.id }]);
  });

  test("a truncation gives way to readers", async () => {
    const database = await open();
    await oldJob(database, 40);
    await using reader = await begin(database, "select from mayfly.job");
    assert.deepEqual(
      await database.sql("select mayfly.truncate_partition(mayfly.partition_of($1), 1) as outcome", [await oldId(database, 40)]),
      [{ outcome: "busy" }],
    );
    await reader.commit();
  });

  test("a truncation refuses a snapshot that may be too old", async () => {
    const database = await open();
    await oldJob(database, 40);
    await using old = await begin(database, "set transaction isolation level repeatable read");
    await assert.rejects(old.client.query("select mayfly.truncate_partition(partition, 1) from mayfly.job"), { code: "MF006" });
    await old.rollback();
  });
});
