/**
 * Results and the jobs they are of: where they lie, and how they go.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type TestServer, testServer } from "../support/database.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { housekeep } from "../support/samples.ts";

/** A job of so many days ago that finished at once. */
const FINISHED = `
  with past as (
    select d, mayfly.uuid7_floor(now() - d * interval '1 day') as id, now() - d * interval '1 day' as at from unnest($1::int[]) as d
  ), jobs as (
    insert into mayfly.job (id, partition, name) select p.id, mayfly.partition_of(p.id), d::text from past p
  )
  insert into mayfly.result (id, claim_id, partition, finished_at, attempt, outcome, queue, name)
  select p.id, p.id, mayfly.partition_of(p.id), p.at, 1, 'successful', 'default', d::text from past p`;

/** How many days ago the results finished that are kept. */
const kept = async ({ sql }: Pick<SqlDatabase, "sql">): Promise<number[]> =>
  (await sql<{ days: number }>("select name::int as days from mayfly.result order by 1")).map(({ days }) => days);

const jobs = async ({ sql }: SqlDatabase): Promise<number[]> =>
  (await sql<{ days: number }>("select name::int as days from mayfly.job order by 1")).map(({ days }) => days);

/** Housekeeping until it says that nothing is left. */
async function removeOld(database: Pick<SqlDatabase, "store" | "sql">, days: number | null): Promise<void> {
  while ((await housekeep(database, days)).more);
}

onEachPostgres((open) => {
  for (const days of [1, 7, 30]) {
    test(`with a retention of ${days} days what is younger stays, and what is six days older is gone, with its job`, async () => {
      const database = await open();
      await database.sql(FINISHED, [[0, days - 1, days + 6, 40].filter((age, at, all) => all.indexOf(age) === at)]);
      await removeOld(database, days);
      assert.deepEqual(await kept(database), [...new Set([0, days - 1])]);
      assert.deepEqual(await jobs(database), await kept(database));
    });
  }

  test("without a retention everything is kept", async () => {
    const database = await open();
    await database.sql(FINISHED, [[0, 1, 30, 40]]);
    await removeOld(database, null);
    assert.deepEqual(await kept(database), [0, 1, 30, 40]);
  });

  test("retention is looked after once an hour", async () => {
    const database = await open();
    await database.sql(FINISHED, [[40]]);
    await database.store.maintain(7, 100);
    assert.deepEqual(await kept(database), [40]);
    await removeOld(database, 7);
    assert.deepEqual(await kept(database), []);
  });

  test("a result lives for six days beyond its retention at most, seven where its id was made a day ahead", async () => {
    const { sql } = await open();
    // Its partition is truncated on the first day that mayfly.closed_partitions names it.
    const beyond = await sql(
      `select max(p.last + 3 - d.day) as of_its_day, max(p.last + 3 - (d.day - 1)) as a_day_ahead
       from generate_series(20000, 20047) as d(day)
       cross join lateral (select mayfly.partition_last_day(mayfly.partition_of(mayfly.day_floor(d.day)), d.day) as last) as p`,
    );
    assert.deepEqual(beyond, [{ of_its_day: 6, a_day_ahead: 7 }]);
  });

  test("one partition is truncated in a call, and there is more to do", async () => {
    const database = await open();
    await database.sql(FINISHED, [[20, 24, 28]]);
    const more: boolean[] = [];
    for (let call = 0; call < 4; call++) more.push((await housekeep(database, 7, 1_000)).more);
    assert.equal(more.at(-1), false);
    assert.deepEqual(await kept(database), []);
  });
});

describe("beside readers", () => {
  let server: TestServer;
  before(async () => {
    server = await testServer(18);
  });
  after(() => server.stop());

  test("a snapshot that is older than the truncation sees the partition empty: TRUNCATE is not MVCC", async () => {
    const database = await server.database();
    await database.sql(FINISHED, [[0, 14]]);
    const reader = await database.pool.connect();
    await reader.query("begin isolation level repeatable read");
    await reader.query("select from mayfly.duty");
    await removeOld(database, 7);
    const { rows } = await reader.query("select name from mayfly.result");
    await reader.query("commit");
    reader.release();
    assert.deepEqual(rows, [{ name: "0" }]);
    await database.close();
  });

  test("a reader of old results is not waited for: the partition goes soon after", async () => {
    const database = await server.database();
    await database.sql(FINISHED, [[14]]);
    const reader = await database.pool.connect();
    await reader.query("begin isolation level repeatable read");
    await reader.query("select count(*) from mayfly.result");
    const days = 14 - 7;
    await housekeep(database, days);
    const [duty] = await database.sql<{ soon: boolean }>(
      "select due_at <= now() + interval '5 minutes' as soon from mayfly.duty where name = 'retention'",
    );
    await reader.query("commit");
    reader.release();
    assert.equal(duty?.soon, true);
    await removeOld(database, days);
    assert.deepEqual(await kept(database), []);
    await database.close();
  });
});
