/**
 * Lists of jobs, results and workers: every order, every filter, pages without gaps or repeats.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { LiveQuery } from "../../../src/operate/listing.ts";
import type { OperatorClient } from "../../../src/operate/operator-client.ts";
import { encodeCursor } from "../../../src/postgres/operator/cursor.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { allPages } from "../../support/all-pages.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, newId, newJob, newTurn, success } from "../../support/samples.ts";

/** JavaScript takes them for times, and Postgres does not. */
const NO_TIMES = ["0000-01-01T00:00:00Z", "2026-02-31T00:00:00Z", "2026-01-01T00:00:00+16:00"];

/** As many as one call reads. */
const COMMON = `
  with made as (
    insert into mayfly.job (id, partition, name, queue)
    select i.id, mayfly.partition_of(i.id), 'common', 'default'
    from (select mayfly.uuid7() as id from generate_series(1, 20000)) as i
    returning id, partition, queue, name
  )
  insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at, has_hook)
  select m.id, m.partition, m.queue, m.name, 0, 0, now(), false from made m`;

function operatorOf({ driver }: SqlDatabase): OperatorClient {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
}

onEachPostgres((open) => {
  describe("live jobs", () => {
    test("each order goes through all of them, once, whatever the size of a page", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const ready = await enqueueEach(
        database,
        [0, 5, 0, 5, -1].map((priority) => ({ priority })),
      );
      const scheduled = await enqueueEach(
        database,
        [3, 1, 2].map((minutes) => ({ delayMs: minutes * 60_000 })),
      );
      const claimOrder = [1, 3, 0, 2, 4].map((index) => ready[index]);
      const dueOrder = [1, 2, 0].map((index) => scheduled[index]);
      const newest = [...ready, ...scheduled].reverse();
      for (const limit of [1, 2, 3, 50]) {
        const list = (query: LiveQuery) => allPages((one: LiveQuery) => operator.jobs(one), { ...query, limit });
        assert.deepEqual(await list({ state: "ready", queue: "default" }), claimOrder);
        assert.deepEqual(await list({ state: "scheduled" }), dueOrder);
        assert.deepEqual(await list({}), newest);
        assert.deepEqual(await list({ state: "ready" }), [...ready].reverse());
        assert.deepEqual(await list({ state: "waiting" }), newest);
        assert.deepEqual(await list({ state: "running" }), []);
      }
      const running = await claim(database.store, { slots: 3 });
      for (const limit of [1, 2, 50]) {
        const query = { state: "running", limit } as const;
        assert.deepEqual((await allPages((one: LiveQuery) => operator.jobs(one), query)).sort(), claimOrder.slice(0, 3).sort());
        assert.deepEqual((await allPages((one: LiveQuery) => operator.jobs(one), { ...query, workerId: running.workerId })).length, 3);
      }
      assert.deepEqual((await operator.jobs({ workerId: newId() })).items, []);
    });

    test("each filter finds its jobs, alone and with others, and an item tells what there is", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const jobs = [
        newJob({ name: "a", queue: "q", key: "k", createdBy: "token shop", source: "app.ts:1" }),
        newJob({ name: "b", key: "k", expiresMs: 60_000 }),
        newJob({ name: "a", key: "l", limit: 5 }),
        newJob({ name: "c", key: "k", limit: 5 }),
        newJob({ name: "strange" }),
      ];
      await database.store.enqueue(jobs);
      await database.store.enqueue([newJob({ runningLimit: 1, key: "k" }), newJob({ runningLimit: 1, key: "k" })]);
      await database.store.turn(newTurn({ names: ["work", "a", "b", "c"], slots: 1, queues: ["default"], park: true }));
      await database.store.turn(newTurn({ names: ["work"], slots: 10 }));
      const found = async (query: LiveQuery) => (await operator.jobs(query)).items.map(({ name, queue }) => `${name} ${queue}`).sort();
      assert.deepEqual(await found({ name: "a" }), ["a default", "a q"]);
      assert.deepEqual(await found({ name: "a", queue: "q" }), ["a q"]);
      assert.deepEqual(await found({ concurrencyKey: "k" }), ["a q", "b default", "c default", "work default", "work default"]);
      assert.deepEqual(await found({ concurrencyKey: "k", name: "c" }), ["c default"]);
      assert.deepEqual(await found({ concurrencyKey: "k", state: "throttled" }), ["work default"]);
      assert.deepEqual(await found({ concurrencyKey: "nobody's" }), []);
      assert.deepEqual(await found({ createdBy: "token shop" }), ["a q"]);
      assert.deepEqual(await found({ state: "throttled" }), ["work default"]);
      assert.deepEqual(await found({ state: "parked" }), ["a default", "c default", "strange default"]);
      assert.deepEqual(await found({ state: "scheduled" }), []);
      assert.deepEqual(await found({ since: "2100-01-01T00:00:00Z" }), []);
      assert.equal((await found({ until: "2100-01-01T00:00:00Z" })).length, 7);
      const [item] = (await operator.jobs({ queue: "q" })).items;
      assert.deepEqual(item, {
        id: jobs[0]?.id,
        name: "a",
        queue: "q",
        state: "ready",
        priority: 0,
        attempt: 0,
        retries: 0,
        concurrencyKey: "k",
        runAt: item?.runAt,
        createdAt: item?.createdAt,
        createdBy: "token shop",
        source: "app.ts:1",
      });
    });

    test("a filter without an index reads a bounded number of rows, and says how far it came", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const [oldest] = await enqueueEach(database, [{ name: "rare" }]);
      await database.sql(COMMON);
      const first = await operator.jobs({ name: "rare" });
      assert.deepEqual(first.items, []);
      assert.ok(first.cursor && first.scannedTo);
      const second = await operator.jobs({ name: "rare", cursor: first.cursor });
      assert.deepEqual([second.items.map(({ id }) => id), second.cursor, second.scannedTo], [[oldest], undefined, undefined]);
    });

    test("a query that makes no sense is refused, with everything that is wrong with it", async () => {
      const operator = operatorOf(await open());
      const { cursor } = { cursor: btoa(JSON.stringify(["newest", "x"])) };
      for (const query of [
        { limit: 0 },
        { limit: 201 },
        { state: "gone" },
        { name: "" },
        { queue: "\0" },
        { workerId: "1" },
        { since: "yesterday" },
        ...NO_TIMES.map((since) => ({ since })),
        { cursor },
        { cursor: "%" },
      ])
        await assert.rejects(operator.jobs(query as LiveQuery), { code: "invalid_options" }, JSON.stringify(query));
      await assert.rejects(operator.jobs({ limit: -1, workerId: "x", since: "2026-13-01T00:00:00Z" }), (error: { problems: unknown[] }) => {
        assert.equal(error.problems.length, 3);
        return true;
      });
      for (const time of NO_TIMES)
        await assert.rejects(
          operator.results({ cursor: encodeCursor("results", [time, newId(), newId()]) }),
          { code: "invalid_options" },
          time,
        );
      const other = await operator.results({ limit: 1 });
      assert.deepEqual(other, { items: [] });
    });
  });

  test("workers: alive, stale and gone, the latest first, with what they hold", async () => {
    const database = await open();
    const operator = operatorOf(database);
    const stale = newId();
    await database.sql("insert into mayfly.worker (id, started_at, heartbeat_at) values ($1, now(), now() - interval '91 seconds')", [
      stale,
    ]);
    await enqueueEach(database, [{}, {}]);
    const { workerId } = await claim(database.store);
    const { workerId: left } = await claim(database.store, { leave: true });
    const { items } = await operator.workers();
    assert.deepEqual(
      items.map(({ id, state, running, runtime }) => [id, state, running, runtime]),
      [
        [left, "left", 0, "test"],
        [workerId, "alive", 2, "test"],
        [stale, "stale", 0, undefined],
      ],
    );
    assert.deepEqual(
      (await operator.workers({ state: "stale" })).items.map(({ id }) => id),
      [stale],
    );
    const ids: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const page = await operator.workers({ limit: 1, ...(cursor ? { cursor } : {}) });
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
    }
    assert.deepEqual(ids, [left, workerId, stale]);
  });

  test("many finished jobs are retried at once, each told in order, and a repeat does no more", async () => {
    const database = await open();
    const operator = operatorOf(database);
    const { ids, claimId, settle } = await holdAll(database, [{}, {}, {}]);
    const [first = "", second = "", third = ""] = ids;
    await settle(failure(first, claimId), success(second, claimId));
    const strange = newId();
    const told = await operator.retryMany([third, second, strange, first, first]);
    assert.deepEqual(
      told.map(({ outcome }) => outcome),
      ["live", "enqueued", "unknown", "enqueued", "already"],
    );
    assert.equal(told[3]?.id, told[4]?.id);
    assert.deepEqual(await operator.retryMany([]), []);
    await assert.rejects(operator.retryMany(["x"]), { code: "invalid_options" });
    const [{ live } = { live: 0 }] = await database.sql<{ live: number }>("select count(*)::integer as live from mayfly.live");
    assert.equal(live, 3);
  });
});
