/**
 * What the queue itself asks of the database: counted by the callers, told with calls that are made anyway, added up by housekeeping.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import type { OperatorClient } from "../../src/operate/operator-client.ts";
import { operatorStore } from "../../src/postgres/operator/operator-store.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { countRoundTrips } from "../../src/testing/counting-driver.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { housekeep, newJob, newTick, newTurn, success } from "../support/samples.ts";

function operatorOf({ driver }: SqlDatabase): OperatorClient {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
}

onEachPostgres((open) => {
  describe("the usage of a worker's life", () => {
    test("is told to the last call, and to the job, without a call of its own", async () => {
      const database = await open();
      const counted = countRoundTrips(database.driver);
      const store = postgresStore({ driver: counted, clock: systemClock });
      await store.enqueue([newJob(), newJob(), newJob()]);
      await store.tick(newTick());
      const turn = newTurn();
      const { jobs } = await store.turn(turn);
      await store.turn({
        ...newTurn({ workerId: turn.workerId, leave: true, slots: 0 }),
        settle: jobs.map(({ id }) => success(id, turn.claimId)),
      });
      const { usage } = await operatorOf(database).stats();
      assert.deepEqual([usage.roundTrips, usage.jobs], [counted.roundTrips, 3]);
      assert.equal(counted.roundTrips, 4);
      const own = store.usage();
      assert.deepEqual([own.roundTrips, own.jobs], [4, 3]);
      assert.ok(own.bytes > usage.bytes && usage.bytes > 1_000, "the last answer comes after the last word");
    });

    test("minutes are made of calls, nothing is lost on the way, and a day later it is forgotten", async () => {
      const database = await open();
      const operator = operatorOf(database);
      for (let ticks = 0; ticks < 3; ticks++) await database.store.tick(newTick());
      const before = (await operator.stats()).usage;
      assert.ok(before.roundTrips >= 3);
      await database.sql("update mayfly.usage set at = at - interval '2 minutes'");
      await housekeep(database);
      const spans = await database.sql(
        "select span, sum(round_trips)::int as trips from mayfly.usage where at < now() - interval '1 minute' group by span",
      );
      assert.deepEqual(spans, [{ span: "minute", trips: before.roundTrips }]);
      await database.sql("update mayfly.usage set at = at - interval '26 hours'");
      await housekeep(database);
      assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.usage"), [{ n: 0 }]);
    });
  });

  test("a database is awake from a question until five minutes after it, overlaps counted once", async () => {
    const database = await open();
    const minutesAgo = [100, 99, 97, 50, 3];
    for (const minutes of minutesAgo)
      await database.sql(
        "insert into mayfly.usage (span, at, round_trips, jobs, bytes, ms) values ('minute', date_bin('1 minute', now(), 'epoch') - $1 * interval '1 minute', 1, 0, 0, 0)",
        [minutes],
      );
    const { usage } = await operatorOf(database).overview();
    // 100 to 92, 50 to 45, and from 3 minutes ago to now.
    const expected = (8 + 5 + 3) * 60_000;
    assert.ok(usage.awakeMs >= expected && usage.awakeMs < expected + 60_000, String(usage.awakeMs));
    assert.equal(usage.roundTrips, minutesAgo.length);
  });

  test("counters that are scraped only grow: what is removed after eight days stays in their sum", async () => {
    const database = await open();
    const operator = operatorOf(database);
    const insert = (hoursAgo: number, attempts: number) =>
      database.sql(
        `insert into mayfly.attempt_counts (span, at, queue, outcome, waited, ran, attempts, retries)
        values ('hour', date_bin('1 hour', now(), 'epoch') - $1 * interval '1 hour', 'mail', 'successful', 3, 4, $2, 1)`,
        [hoursAgo, attempts],
      );
    const totals = async () => (await operator.metrics()).attempts;
    // The queue has a counter of its own since its first attempt.
    await database.sql(
      `insert into mayfly.attempt_counts (span, at, queue, outcome, attempts, retries)
      values ('ever', '2000-01-01 00:00:00+00', 'mail', 'successful', 0, 0)`,
    );
    for (const [hours, attempts] of [
      [1, 5],
      [24 * 8 + 2, 7],
      [24 * 9, 11],
    ] as const)
      await insert(hours, attempts);
    const expected = [{ queue: "mail", outcome: "successful", attempts: 23, retries: 3 }];
    assert.deepEqual(await totals(), expected);
    await housekeep(database);
    assert.deepEqual(await totals(), expected);
    await insert(24 * 10, 2_000_000_000);
    await insert(24 * 10, 2_000_000_000);
    await housekeep(database);
    assert.deepEqual(await totals(), [{ queue: "mail", outcome: "successful", attempts: 4_000_000_023, retries: 5 }]);
    assert.deepEqual(await database.sql("select span, count(*)::int as n from mayfly.attempt_counts group by span order by span"), [
      { span: "ever", n: 1 },
      { span: "hour", n: 1 },
    ]);
  });
});
