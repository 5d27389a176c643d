/**
 * What waits for whom: nobody for a stranger without a bound, no batch for another in a circle, and a turn for as few as can be.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PoolClient } from "pg";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { until } from "../support/condition.ts";
import { storeOver, type TestDatabase } from "../support/database.ts";
import { onEachServer } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, hookDone, newId, newJob, newTick, newTurn, success } from "../support/samples.ts";

/** A stranger's transaction, which holds what it has locked until it is ended. */
async function strangerIn({ pool }: TestDatabase, ...statements: string[]) {
  const client = await pool.connect();
  await client.query("begin");
  for (const statement of statements) await client.query(statement);
  return {
    async end(how: "commit" | "rollback") {
      await client.query(how);
      client.release();
    },
  };
}

/** A store whose calls stay in one transaction. `end` does something before it commits. */
async function inTransaction({ pool }: TestDatabase, beforeEnd: (client: PoolClient) => Promise<void>) {
  const client = await pool.connect();
  await client.query("begin");
  return {
    store: storeOver(client),
    async end() {
      await beforeEnd(client);
      await client.query("commit");
      client.release();
    },
  };
}

/** The call of mayfly.enqueue_v1 for these jobs. */
const allOf = (jobs: object[]): [string, unknown[]] => ["select mayfly.enqueue_v1($1)", [JSON.stringify(jobs)]];

/** Until so many wait for a lock in this database. */
async function untilWaiting({ sql }: TestDatabase, count = 1): Promise<void> {
  const waiting =
    "select true from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()";
  await until(async () => (await sql(waiting)).length >= count);
}

/** Partitions that this connection has locked. */
const PARTITION_LOCKS = `
  select distinct c.relname as relation from pg_locks l join pg_class c on c.oid = l.relation
  where l.pid = pg_backend_pid() and c.relkind = 'r' and c.relispartition order by 1`;

const isLockTimeout = (error: unknown) => error instanceof DriverError && error.sqlState === "55P03" && error.failure === "definite";

onEachServer((open, version) => {
  describe("a turn", () => {
    for (const [what, settlement] of [
      ["a success", success],
      ["an output", (id: string, claimId: string) => success(id, claimId, { output: 1 })],
      ["a failure", failure],
      ["a hook that has ended", hookDone],
      ["a job given back", (id: string, claimId: string) => success(id, claimId, { outcome: "released", countsAsAttempt: false })],
    ] as const) {
      test(`settles all but the job whose row a stranger holds, which is busy, and settled by the next one: ${what}`, async () => {
        const database = await open();
        const { ids, claimId, settle } = await holdAll(database, [{}, {}, {}]);
        const [held = "", ...others] = ids;
        const stranger = await strangerIn(database, `select from mayfly.running where id = '${held}' for update`);
        const { rejections } = await settle(...ids.map((id) => settlement(id, claimId)));
        assert.deepEqual(rejections, [{ id: held, claimId, reason: "busy" }]);
        assert.deepEqual(await database.sql("select id from mayfly.running"), [{ id: held }]);
        await stranger.end("rollback");
        assert.deepEqual((await settle(settlement(held, claimId))).rejections, []);
        assert.deepEqual(await database.sql("select id from mayfly.running"), []);
        assert.equal(others.length, 2);
      });
    }

    test("does not miss a cancel that came before its settlement, and lets one that is under way go first", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{ retries: 1 }]);
      const [id = ""] = ids;
      const stranger = await strangerIn(database, `select mayfly.cancel_v1('${id}')`);
      const retry = failure(id, claimId, 0);
      assert.deepEqual(
        (await settle(retry)).rejections.map(({ reason }) => reason),
        ["busy"],
      );
      await stranger.end("commit");
      assert.deepEqual((await settle(retry)).rejections, []);
      assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "cancelled" }]);
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
    });

    test("leaves what another transaction has locked at the head, and claims what is behind it", async () => {
      const database = await open();
      const [first = "", second] = await enqueueEach(database, [{}, {}]);
      const stranger = await strangerIn(database, `select from mayfly.ready where id = '${first}' for update`);
      assert.deepEqual(
        (await claim(database.store)).jobs.map(({ id }) => id),
        [second],
      );
      await stranger.end("rollback");
    });

    test("locks one partition of the jobs, and one of the results", async () => {
      const database = await open();
      const { ids, claimId, workerId } = await holdAll(database, [{}, { retries: 1 }, {}, { key: "k" }]);
      await enqueueEach(database, [{}, {}, { key: "l", runningLimit: 1 }, { name: "unknown" }]);
      const [plain = "", failed = "", output = "", keyed = ""] = ids;
      const settle = [
        success(plain, claimId),
        failure(failed, claimId, 0),
        success(output, claimId, { output: 1 }),
        success(keyed, claimId),
      ];
      const locks: { relation: string }[] = [];
      const { store, end } = await inTransaction(database, async (client) => {
        locks.push(...(await client.query<{ relation: string }>(PARTITION_LOCKS)).rows);
      });
      const { jobs } = await store.turn(newTurn({ workerId, settle, slots: 10 }));
      await end();
      assert.ok(jobs.length > 0);
      const [row] = await database.sql<{ part: string }>("select lpad(mayfly.partition_of($1)::text, 2, '0') as part", [plain]);
      assert.deepEqual(
        locks.map(({ relation }) => relation),
        [`job_${row?.part}`, `result_${row?.part}`],
      );
    });

    test("and a rescue of its worker do not wait for each other in a circle", async () => {
      const database = await open();
      const limited = { key: "k", runningLimit: 1 };
      const { ids, claimId, workerId } = await holdAll(database, [limited]);
      await enqueueEach(database, [limited]);
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      const [turn, tick] = await Promise.all([
        database.store.turn(newTurn({ workerId, settle: [success(ids[0] ?? "", claimId)] })),
        database.store.tick(newTick()),
      ]);
      assert.equal(turn.rejections.length + (1 - tick.lost), 1);
    });
  });

  describe("an enqueue", () => {
    test("of an id that a stranger is writing waits two seconds at most, and is then a definite error", async () => {
      const database = await open();
      const job = newJob();
      const stranger = await strangerIn(database, `select mayfly.enqueue_v1('[{"name": "work", "id": "${job.id}"}]')`);
      for (const jobs of [[job], [job, newJob()], [{ ...job, delayMs: 60_000 }]]) {
        await assert.rejects(database.store.enqueue(jobs), isLockTimeout);
      }
      await stranger.end("rollback");
      assert.equal((await database.store.enqueue([job]))[0]?.outcome, "enqueued");
    });

    test("of a key that a stranger is taking is an error, never blocked: the stranger may roll back", async () => {
      const database = await open();
      const stranger = await strangerIn(database, `select mayfly.enqueue_v1('[{"name": "work", "key": "k"}]')`);
      await assert.rejects(database.store.enqueue([newJob({ key: "k" })]), isLockTimeout);
      await stranger.end("rollback");
      assert.equal((await database.store.enqueue([newJob({ key: "k" })]))[0]?.outcome, "enqueued");
    });

    test("of a key waits for whoever takes it, and is blocked once that is committed", async () => {
      const database = await open();
      const stranger = await strangerIn(database, `select mayfly.enqueue_v1('[{"name": "work", "key": "k"}]')`);
      const waiting = database.store.enqueue([newJob({ key: "k" })]);
      await untilWaiting(database);
      await stranger.end("commit");
      assert.equal((await waiting)[0]?.outcome, "blocked");
    });

    test("of an id waits for whoever writes it, and is a duplicate once that is committed, also where its key is held by itself", async () => {
      const database = await open();
      const id = newId();
      const stranger = await strangerIn(database, `select mayfly.enqueue_v1('[{"name": "work", "key": "k", "id": "${id}"}]')`);
      const waiting = database.store.enqueue([newJob({ id, key: "k" })]);
      await untilWaiting(database);
      await stranger.end("commit");
      assert.equal((await waiting)[0]?.outcome, "duplicate");
    });

    test("under a limit waits for whoever counts the same one, and sees what came of it", async () => {
      const database = await open();
      const stranger = await strangerIn(database, `select mayfly.enqueue_v1('[{"name": "work", "key": "k", "limit": 1}]')`);
      const waiting = database.store.enqueue([newJob({ key: "k", limit: 1 })]);
      await untilWaiting(database);
      await stranger.end("commit");
      assert.equal((await waiting)[0]?.outcome, "limited");
    });

    test("is not held up by the end of a job of the same limit that is not yet committed", async () => {
      const database = await open();
      const { ids, claimId, workerId } = await holdAll(database, [{ key: "k", limit: 9 }]);
      const { store, end } = await inTransaction(database, async () => {
        assert.equal((await database.store.enqueue([newJob({ key: "k", limit: 9 })]))[0]?.outcome, "enqueued");
      });
      await store.turn(newTurn({ workerId, slots: 0, settle: [success(ids[0] ?? "", claimId)] }));
      await end();
    });

    // Both calls wait for a stranger in their middle; whichever goes on then must not hold what the other one needs first.
    for (const [what, call, held] of [
      ["plain ones", (ids) => ["select mayfly.enqueue_group_v1($1, $2, $3)", ['{"name": "work"}', ids, JSON.stringify(ids)]], {}],
      ["delayed ones", (ids) => allOf(ids.map((id) => ({ name: "work", id, delay_ms: 60_000 }))), {}],
      ["ones with keys", (ids) => allOf(ids.map((key) => ({ name: "work", id: newId(), key }))), { key: true }],
      ["ones with limits", (ids) => allOf(ids.map((key) => ({ name: "work", id: newId(), key, limit: 9 }))), { key: true, limit: 9 }],
    ] as [string, (ids: string[]) => [string, unknown[]], { key?: true; limit?: number }][]) {
      test(`of the same ids, keys or limits in another order does not wait in a circle: ${what}`, async () => {
        const database = await open();
        const ids = [newId(), newId(), newId()];
        const { key, ...more } = held;
        const middle = { name: "work", ...more, ...(key ? { key: ids[1] } : { id: ids[1] }) };
        const stranger = await strangerIn(database, `select mayfly.enqueue_v1('[${JSON.stringify(middle)}]')`);
        const calls = [ids, ids.toReversed()].map((list) => database.pool.query(...call(list)));
        await untilWaiting(database, 2);
        await stranger.end("rollback");
        const ended = await Promise.allSettled(calls);
        assert.deepEqual(
          ended.map((one) => (one.status === "rejected" ? (one.reason as Error).message : "")),
          ["", ""],
        );
        const counted = held.limit === undefined ? ids.length : 2 * ids.length;
        assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job"), [{ n: counted }]);
      });
    }

    test("that is refused for its key locks one partition", async () => {
      const database = await open();
      const [first] = await enqueueEach(database, [{ key: "k" }]);
      let locks: unknown[] = [];
      const { store, end } = await inTransaction(database, async (client) => {
        locks = (await client.query<{ relation: string }>(PARTITION_LOCKS)).rows;
      });
      assert.equal((await store.enqueue([newJob({ key: "k" })]))[0]?.existingId, first);
      await end();
      assert.equal(locks.length, 1);
    });

    test("one by one, many times in a transaction, makes no subtransaction", { skip: version === 15 && "cannot be asked" }, async () => {
      const { pool } = await open();
      const client = await pool.connect();
      try {
        await client.query("begin");
        const one = `select mayfly.enqueue_one_v1('{"name": "work"}', $1, '{}') as refused`;
        const any = "select outcome from mayfly.enqueue_v1($1)";
        for (let nth = 0; nth < 70; nth++) {
          assert.equal((await client.query<{ refused: unknown }>(one, [newId()])).rows[0]?.refused, null);
          assert.equal((await client.query(any, [JSON.stringify([{ name: "work", key: newId() }])])).rows[0].outcome, "enqueued");
        }
        const { rows } = await client.query(
          `select s.subxact_count, s.subxact_overflowed from pg_stat_get_backend_idset() as b(id), pg_stat_get_backend_subxact(b.id) as s
           where pg_stat_get_backend_pid(b.id) = pg_backend_pid()`,
        );
        assert.deepEqual(rows, [{ subxact_count: 0, subxact_overflowed: false }]);
      } finally {
        await client.query("rollback");
        client.release();
      }
    });
  });

  describe("a repeatable read", () => {
    test("that began before an id was committed answers duplicate, without existing_id", async () => {
      const { pool, store } = await open();
      const client = await pool.connect();
      const jobs = [newJob(), newJob({ key: "k" })];
      const call = JSON.stringify(jobs.map(({ id, key }) => ({ name: "work", id, ...(key ? { key } : {}) })));
      try {
        await client.query("begin isolation level repeatable read");
        await client.query("select 1 from mayfly.job limit 1");
        await store.enqueue(jobs);
        const { rows } = await client.query("select outcome, existing_id from mayfly.enqueue_v1($1)", [call]);
        assert.deepEqual(rows, [
          { outcome: "duplicate", existing_id: null },
          { outcome: "duplicate", existing_id: null },
        ]);
        const [one, other] = jobs.map(({ id }) => id);
        const alone = await client.query(`select mayfly.enqueue_one_v1('{"name": "work"}', $1, '{}') as refused`, [one]);
        assert.deepEqual(alone.rows, [{ refused: [[1, "duplicate", null, null, null]] }]);
        const group = await client.query(`select mayfly.enqueue_group_v1('{"name": "work"}', $1, '[1, 2]') as refused`, [[one, other]]);
        assert.deepEqual(group.rows, [
          {
            refused: [
              [1, "duplicate", null, null, null],
              [2, "duplicate", null, null, null],
            ],
          },
        ]);
      } finally {
        await client.query("rollback");
        client.release();
      }
    });
  });
});
