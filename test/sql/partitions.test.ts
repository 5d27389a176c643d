/**
 * Partitions of jobs and results: where an id lies, when a partition closes, what is moved to far, and what may be truncated.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { oldId, oldJob, partitionsOf } from "../support/old-jobs.ts";
import { claim, failure, hookDone, housekeep, newJob, success } from "../support/samples.ts";

onEachPostgres((open) => {
  describe("the partition of an id", () => {
    test("does not depend on when it is enqueued, or is to run", async () => {
      const database = await open();
      const id = await oldId(database, 9);
      await database.store.enqueue([newJob({ id, delayMs: 40 * 86_400_000 })]);
      assert.equal((await database.store.enqueue([newJob({ id })]))[0]?.outcome, "duplicate");
    });

    test("is the one of its day for a UUIDv7, and far for any other", async () => {
      const { sql } = await open();
      assert.deepEqual(
        await sql(
          `select mayfly.partition_of('00000000-0000-7000-8000-000000000000') as first, mayfly.partition_of(mayfly.day_floor(48 * 400 + 11)) as third,
             mayfly.partition_of(gen_random_uuid()) as foreign, mayfly.partition_of('ffffffff-ffff-7fff-bfff-ffffffffffff') < mayfly.far() as last`,
        ),
        [{ first: 0, third: 2, foreign: 12, last: true }],
      );
    });

    test("is free again, on every day, before the next round needs it, with a retention of 30 days", async () => {
      const { sql } = await open();
      // An id of the partition's next round comes a day early at the earliest, 48 days after the first of this one.
      const late = await sql(
        `select t.today, p.part from generate_series(20000, 20100) as t(today) cross join generate_series(0, 11) as p(part)
         where mayfly.partition_last_day(p.part, t.today) + 2 + 30 + 2 >= mayfly.partition_last_day(p.part, t.today) - 3 + 48 - 1`,
      );
      assert.deepEqual(late, []);
    });

    test("has a day in it from tomorrow, as clocks may be ahead, to 43 days ago", async () => {
      const { sql } = await open();
      const wrong = await sql(
        `select t.today, d.day from generate_series(20000, 20100) as t(today) cross join generate_series(t.today - 43, t.today + 1) as d(day)
         where d.day not between mayfly.partition_last_day(d.day / 4 % 12, t.today) - 3 and mayfly.partition_last_day(d.day / 4 % 12, t.today)`,
      );
      assert.deepEqual(wrong, []);
    });
  });

  describe("a job that outlives its partition", () => {
    for (const [state, arrange] of [
      ["ready", async () => {}],
      ["running", async ({ store }) => void (await claim(store))],
      [
        "scheduled",
        async ({ sql }) => {
          await sql(
            "with gone as (delete from mayfly.ready returning id, partition, queue, name, priority, retries) insert into mayfly.scheduled (id, partition, queue, name, priority, retries, run_at) select g.*, now() + interval '20 days' from gone g",
          );
        },
      ],
    ] satisfies [string, (database: SqlDatabase) => Promise<void>][]) {
      test(`is moved to far, with its live row, and its id stays taken: ${state}`, async () => {
        const database = await open();
        const job = await oldJob(database, 12);
        await arrange(database);
        await housekeep(database);
        assert.deepEqual(await partitionsOf(database, job.id), ["far", "far"]);
        assert.equal((await database.store.enqueue([job]))[0]?.outcome, "duplicate");
        assert.equal((await database.store.enqueue([job, newJob()]))[0]?.outcome, "duplicate");
        assert.deepEqual(await partitionsOf(database, job.id), ["far", "far"]);
      });
    }

    test("runs with its payload, and its result goes to far, where a repeated settlement finds it", async () => {
      const database = await open();
      const job = await oldJob(database, 12, { payload: { n: 1 } });
      await housekeep(database);
      const { jobs, claimId, workerId } = await claim(database.store);
      assert.deepEqual(
        jobs.map(({ id, payload }) => [id, payload]),
        [[job.id, { n: 1 }]],
      );
      const settle = [success(job.id, claimId)];
      assert.deepEqual((await claim(database.store, { workerId, slots: 0, settle })).rejections, []);
      const repeated = await claim(database.store, { workerId, slots: 0, settle });
      assert.deepEqual(
        repeated.rejections.map(({ reason }) => reason),
        ["already"],
      );
      assert.deepEqual(await database.sql("select partition = mayfly.far() as far from mayfly.result"), [{ far: true }]);
    });

    test("is settled, if it was claimed before it was moved", async () => {
      const database = await open();
      const job = await oldJob(database, 12);
      const { claimId, workerId } = await claim(database.store);
      await housekeep(database);
      assert.deepEqual((await claim(database.store, { workerId, slots: 0, settle: [success(job.id, claimId)] })).rejections, []);
      assert.deepEqual(await database.sql("select outcome, partition = mayfly.far() as far from mayfly.result"), [
        { outcome: "successful", far: true },
      ]);
    });

    test("is cancelled, and run again by hand, from far", async () => {
      const database = await open();
      const job = await oldJob(database, 12, { delayMs: 60_000 });
      await housekeep(database);
      assert.equal(await database.store.cancel(job.id), "cancelled");
      assert.equal(await database.store.cancel(job.id), "cancelled");
      assert.equal((await database.store.retry(job.id, newJob().id)).outcome, "enqueued");
    });
  });

  test("a job of a partition that is not yet closed stays where it is", async () => {
    const database = await open();
    const [{ today = 0 } = {}] = await database.sql<{ today: number }>("select floor(extract(epoch from now()) / 86400)::int as today");
    // The first day of the partition whose last day is two days ago at most.
    const job = await oldJob(database, (today - 2) % 4 === 3 ? 2 : 0);
    await housekeep(database);
    assert.deepEqual(await partitionsOf(database, job.id), ["its own", "its own"]);
  });

  test("an id from the future stays where its own day will look for it", async () => {
    const database = await open();
    for (const days of [-2, -5, -9, -40, -3_000_000]) {
      const job = await oldJob(database, days);
      await housekeep(database);
      assert.deepEqual(await partitionsOf(database, job.id), ["its own", "its own"]);
    }
  });

  test("a job that waits only for its hook keeps its results until the hook has ended, and then goes", async () => {
    const database = await open();
    const job = await oldJob(database, 40);
    const { claimId, workerId } = await claim(database.store, { hookNames: ["work"] });
    await claim(database.store, { workerId, slots: 0, settle: [{ ...failure(job.id, claimId), hasHook: true }] });
    await database.sql("update mayfly.result set finished_at = now() - interval '39 days'");
    while ((await housekeep(database, 1)).more);
    assert.deepEqual(await partitionsOf(database, job.id), ["its own", "its own"]);
    const hook = await claim(database.store, { hookNames: ["work"] });
    await claim(database.store, { workerId: hook.workerId, slots: 0, settle: [hookDone(job.id, hook.claimId)] });
    while ((await housekeep(database, 1)).more);
    assert.deepEqual(await database.sql("select id from mayfly.job union all select id from mayfly.result"), []);
  });

  test("where a partition cannot be truncated for two days, what is past goes row by row", async () => {
    const database = await open();
    const [past, live] = [await oldJob(database, 40), await oldJob(database, 39.9, { priority: -1 })];
    const { claimId, workerId } = await claim(database.store, { slots: 1 });
    await claim(database.store, { workerId, slots: 0, settle: [success(past.id, claimId)] });
    // It keeps the partition from being truncated.
    await database.sql("update mayfly.ready set ended = true, hook = 'errored'");
    await database.sql("update mayfly.result set finished_at = now() - interval '39 days'");
    await housekeep(database, 30);
    assert.deepEqual(await database.sql("select id from mayfly.job"), [{ id: live.id }]);
  });

  test("an attempt has one result in each partition, far too", async () => {
    const { sql } = await open();
    const keys = await sql<{ table: string; key: string }>(
      `select c.relname as table, pg_get_constraintdef(k.oid) as key from pg_class c left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
       where c.relnamespace = 'mayfly'::regnamespace and c.relispartition and c.relkind = 'r' order by 1`,
    );
    assert.equal(keys.length, 26);
    for (const { table, key } of keys) assert.equal(key, table.startsWith("job") ? "PRIMARY KEY (id)" : "PRIMARY KEY (id, claim_id)");
  });
});
