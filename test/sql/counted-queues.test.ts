/**
 * Attempts are counted by queue, for at most 200 queues: a program that names a queue for each of its customers does not fill the metrics.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { metricsAttempts } from "../../src/postgres/sql/statements.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { housekeep } from "../support/samples.ts";

/** An attempt of each of so many queues, so long ago. */
const attempts = ({ sql }: SqlDatabase, queues: number, ago: string, prefix = "customer") =>
  sql(
    `insert into mayfly.attempt_counts (at, queue, outcome, attempts, retries)
     select now() - $2::interval, $3 || ' ' || lpad(n::text, 4, '0'), 'successful', 1, 0 from generate_series(1, $1::integer) n`,
    [queues, ago, prefix],
  );

const read = async ({ driver }: SqlDatabase) => {
  const rows = await driver.query({ text: metricsAttempts, params: [] });
  return new Map(rows.map(({ queue, attempts }) => [queue, Number(attempts)]));
};

const queuesOf = async ({ sql }: SqlDatabase, span: string) =>
  (await sql<{ n: number }>("select count(distinct queue)::int as n from mayfly.attempt_counts where span = $1", [span]))[0]?.n;

onEachPostgres((open) => {
  test("of a thousand queues 200 are counted each by itself, before and after they are added up", async () => {
    const database = await open();
    await attempts(database, 1_000, "10 minutes");
    const before = await read(database);
    assert.equal(before.size, 201);
    assert.equal(before.get("(other)"), 800);
    await housekeep(database, null, 5_000);
    assert.equal(await queuesOf(database, "turn"), 0);
    assert.equal(await queuesOf(database, "minute"), 201);
    assert.deepEqual(await read(database), before);
  });

  test("a queue that was named stays so, and one that came later does not take its place", async () => {
    const database = await open();
    await attempts(database, 200, "10 minutes");
    await housekeep(database, null, 5_000);
    await attempts(database, 300, "5 minutes", "later");
    await attempts(database, 200, "5 minutes");
    await housekeep(database, null, 5_000);
    const counts = await read(database);
    assert.equal(counts.get("customer 0200"), 2);
    assert.equal(counts.get("(other)"), 300);
    assert.equal(counts.size, 201);
  });

  test("the bound holds through all spans, and for rows that came too late for theirs", async () => {
    const database = await open();
    await attempts(database, 300, "10 minutes");
    await housekeep(database, null, 5_000);
    const before = await read(database);
    for (const age of ["3 hours", "26 hours", "9 days"]) {
      await database.sql("update mayfly.attempt_counts set at = at - $1::interval where span <> 'ever'", [age]);
      await housekeep(database, null, 5_000);
    }
    await attempts(database, 300, "20 days");
    await housekeep(database, null, 5_000);
    assert.deepEqual(await database.sql("select distinct span from mayfly.attempt_counts"), [{ span: "ever" }]);
    assert.deepEqual(await read(database), new Map([...before].map(([queue, count]) => [queue, count * 2])));
  });
});
