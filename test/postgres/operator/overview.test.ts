/**
 * The overview: its counters agree with the results, however they are added up.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { Overview } from "../../../src/operate/listing.ts";
import type { OperatorClient } from "../../../src/operate/operator-client.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, housekeep, newId, newJob, newTick, newTurn, success } from "../../support/samples.ts";

function operatorOf({ driver }: SqlDatabase): OperatorClient {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
}

function totals({ throughput }: Overview) {
  const sum = { successful: 0, errored: 0, cancelled: 0, lost: 0, deferred: 0 };
  for (const point of throughput) for (const outcome of Object.keys(sum) as (keyof typeof sum)[]) sum[outcome] += point[outcome];
  return sum;
}

/** Attempts that end in every way there is. */
async function everyEnd(database: SqlDatabase) {
  const { store, sql } = database;
  const operator = operatorOf(database);
  // A second attempt.
  const again = await holdAll(database, [{ retries: 1 }]);
  const [retried = ""] = again.ids;
  await again.settle(failure(retried, again.claimId, 0));
  const next = await claim(store, { workerId: again.workerId });
  await store.turn(newTurn({ workerId: again.workerId, slots: 0, settle: [success(retried, next.claimId)] }));
  const { ids, claimId, settle } = await holdAll(database, [{}, {}, {}, {}]);
  const [first = "", second = "", third = "", fourth = ""] = ids;
  const turn = [
    success(first, claimId),
    failure(second, claimId),
    success(third, claimId, { output: 1 }),
    { ...success(fourth, claimId), outcome: "deferred" as const, retryInMs: 60_000 },
  ];
  await settle(...turn);
  await settle(...turn);
  // Lost with its worker; cancelled while waiting; expired; purged.
  await enqueueEach(database, [{}]);
  const dead = await claim(store);
  await sql("update mayfly.worker set heartbeat_at = now() - interval '2 minutes' where id = $1", [dead.workerId]);
  await store.tick(newTick());
  const [waiting = ""] = await enqueueEach(database, [{ delayMs: 60_000 }]);
  await store.cancel(waiting);
  await enqueueEach(database, [{ delayMs: 1, expiresAt: "2020-01-01T00:00:00Z" }]);
  await housekeep(database);
  await enqueueEach(database, [{ queue: "other" }]);
  await operator.purge({ queue: "other" });
}

onEachPostgres((open) => {
  describe("the counters", () => {
    test("count every attempt once, in every way that it may end, and a repeat not again", async () => {
      const database = await open();
      await everyEnd(database);
      const results = await database.sql<{ outcome: string; n: number }>(
        "select outcome, count(*)::integer as n from mayfly.result group by outcome",
      );
      const overview = await operatorOf(database).overview();
      assert.deepEqual(totals(overview), Object.fromEntries(results.map(({ outcome, n }) => [outcome, n])));
      assert.deepEqual(totals(overview), { successful: 3, errored: 2, deferred: 1, lost: 1, cancelled: 3 });
      assert.equal(overview.retries, 1);
      assert.deepEqual(totals(await operatorOf(database).overview({ queue: "other" })), {
        successful: 0,
        errored: 0,
        deferred: 0,
        lost: 0,
        cancelled: 1,
      });
      assert.ok(overview.wait && overview.run && overview.run.p50 <= overview.run.p99);
    });

    test("housekeeping makes minutes of them, later quarters of an hour and hours, and nothing is lost or counted twice on the way", async () => {
      const database = await open();
      const operator = operatorOf(database);
      await everyEnd(database);
      const before = totals(await operator.overview());
      const spans = async () => {
        const rows = await database.sql<{ span: string }>(
          "select distinct span from mayfly.attempt_counts where attempts > 0 order by span",
        );
        return rows.map(({ span }) => span);
      };
      await database.sql("update mayfly.attempt_counts set at = now() + interval '1 minute'");
      await housekeep(database);
      assert.deepEqual(await spans(), ["turn"], "those of a minute that is not over stay");
      await database.sql("update mayfly.attempt_counts set at = at - interval '3 minutes'");
      await housekeep(database);
      await housekeep(database);
      assert.deepEqual(await spans(), ["minute"]);
      assert.deepEqual(totals(await operator.overview()), before);
      await database.sql("update mayfly.attempt_counts set at = at - interval '3 hours'");
      await housekeep(database);
      assert.deepEqual(await spans(), ["quarter"]);
      assert.deepEqual(totals(await operator.overview({ range: "day" })), before);
      await database.sql("update mayfly.attempt_counts set at = at - interval '26 hours'");
      await housekeep(database);
      assert.deepEqual(await spans(), ["hour"]);
      assert.deepEqual(totals(await operator.overview({ range: "week" })), before);
      assert.deepEqual(totals(await operator.overview({ range: "day" })), {
        successful: 0,
        errored: 0,
        deferred: 0,
        lost: 0,
        cancelled: 0,
      });
      await database.sql("update mayfly.attempt_counts set at = at - interval '8 days'");
      await housekeep(database);
      assert.deepEqual(await spans(), ["ever"]);
    });

    test("a slice is added up at a time, and housekeeping says when there is more", async () => {
      const database = await open();
      await database.sql(
        `insert into mayfly.attempt_counts (at, queue, outcome, waited, ran, attempts, retries)
        select now() - interval '10 minutes' + n * interval '10 milliseconds', 'default', 'successful', 1, 1, 1, 0 from generate_series(1, 25000) as n`,
      );
      const more: boolean[] = [];
      for (let calls = 0; calls < 3; calls++) more.push((await housekeep(database, null, 10_000)).more);
      assert.deepEqual(more, [true, true, false]);
      const overview = await operatorOf(database).overview();
      assert.equal(totals(overview).successful, 25_000);
      const [row] = await database.sql<{ rows: number }>("select count(*)::integer as rows from mayfly.attempt_counts");
      assert.ok((row?.rows ?? 0) < 20, String(row?.rows));
    });
  });

  test("an empty queue has an overview: a point a step, and nothing else", async () => {
    const operator = operatorOf(await open());
    for (const [range, points, stepMs] of [
      ["hour", 61, 60_000],
      ["day", 97, 900_000],
      ["week", 169, 3_600_000],
    ] as const) {
      const { at, throughput, ...rest } = await operator.overview({ range });
      const usage = { roundTrips: 0, jobs: 0, bytes: 0, ms: 0, awakeMs: 0 };
      assert.deepEqual(rest, {
        stepMs,
        retries: 0,
        queues: [],
        moreQueues: false,
        workers: { alive: 0, stale: 0 },
        usage,
        unknownNames: [],
      });
      assert.equal(throughput.length, points);
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    }
    await assert.rejects(operator.overview({ range: "year" as "hour" }), { code: "invalid_options" });
  });

  test("queues: depth, the oldest whatever its priority, what runs, what is scheduled, what is paused", async () => {
    const database = await open();
    const operator = operatorOf(database);
    await enqueueEach(database, [{ queue: "a" }, { queue: "a", priority: 9 }, { queue: "b" }, { queue: "c", delayMs: 60_000 }]);
    await database.sql("update mayfly.ready set ready_at = now() - interval '1 hour' where queue = 'a' and priority = 0");
    await claim(database.store, { queues: ["b"] });
    await operator.pauseQueue("d");
    const { items: queues } = await operator.queues();
    const [a, , , d] = queues;
    assert.deepEqual(
      queues.map(({ queue, ready, running, scheduled }) => [queue, ready, running, scheduled]),
      [
        ["a", 2, 0, 0],
        ["b", 0, 1, 0],
        ["c", 0, 0, 1],
        ["d", 0, 0, 0],
      ],
    );
    assert.ok(Math.abs((a?.oldestMs ?? 0) - 3_600_000) < 60_000);
    // Where no job is ready, none is the oldest.
    assert.deepEqual(
      queues.slice(1).map(({ oldestMs }) => oldestMs),
      [undefined, undefined, undefined],
    );
    assert.ok(d?.pausedAt && !("pausedAt" in (a ?? {})));
    assert.deepEqual((await operator.overview()).queues.length, 4);
  });

  test("queues: however many, each is on one of the pages, paused ones without jobs too", async () => {
    const database = await open();
    const operator = operatorOf(database);
    const names = Array.from({ length: 620 }, (_, n) => `tenant-${String(n).padStart(4, "0")}`);
    await enqueueEach(
      database,
      names.slice(0, 600).map((queue, n) => ({ queue, priority: n % 3, ...(n % 5 === 0 ? { delayMs: 60_000 } : {}) })),
    );
    for (const name of names.slice(600)) await operator.pauseQueue(name);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await operator.queues({ limit: 200, ...(cursor ? { cursor } : {}) });
      found.push(...page.items.map(({ queue }) => queue));
      cursor = page.cursor;
    } while (cursor);
    assert.deepEqual(found, names);
  });

  test("what is wrong shows: names that nobody knew, workers that fell silent, how long ago one was seen", async () => {
    const database = await open();
    await database.store.enqueue([newJob({ name: "strange" }), newJob({ name: "stranger" })]);
    await database.store.turn(newTurn());
    await database.sql("insert into mayfly.worker (id, heartbeat_at) values ($1, now() - interval '10 minutes')", [newId()]);
    const { unknownNames, workers, lastSeenMs } = await operatorOf(database).overview();
    assert.deepEqual([unknownNames, workers], [["strange", "stranger"], { alive: 1, stale: 1 }]);
    assert.ok(lastSeenMs !== undefined && lastSeenMs < 60_000);
  });
});
