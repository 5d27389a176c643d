/**
 * Word of new jobs: sent only while somebody waits for it, to those who serve the queue.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { operatorStore } from "../../src/postgres/operator/operator-store.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { onEachPostgres, onEachServer } from "../support/each-postgres.ts";
import { claim, enqueueEach, newId, newJob, success } from "../support/samples.ts";

const FLAG = "select listening from mayfly.worker";

onEachPostgres((open) => {
  test("a worker is listening while a turn leaves it slots, until it is full or leaves", async () => {
    const database = await open();
    const { workerId } = await claim(database.store, { listen: true });
    const turn = async (more: Parameters<typeof claim>[1]) => {
      const reply = await claim(database.store, { workerId, listen: true, ...more });
      return { ...reply, flag: await database.sql(FLAG) };
    };
    assert.deepEqual(await database.sql(FLAG), [{ listening: true }]);
    const [id = ""] = await enqueueEach(database, [{}]);
    const { flag, claimId } = await turn({});
    assert.deepEqual(flag, [{ listening: true }]);
    await enqueueEach(database, [{}, {}]);
    assert.deepEqual((await turn({ settle: [success(id, claimId)], slots: 2 })).flag, [{ listening: false }]);
    assert.deepEqual((await turn({})).flag, [{ listening: true }]);
    assert.deepEqual((await turn({ slots: 0 })).flag, [{ listening: false }]);
    assert.deepEqual((await turn({})).flag, [{ listening: true }]);
    assert.deepEqual((await turn({ listen: false })).flag, [{ listening: false }]);
    assert.deepEqual((await turn({})).flag, [{ listening: true }]);
    assert.deepEqual((await turn({ slots: 0, leave: true })).flag, [{ listening: false }]);
  });

  test("a worker that does not say whether it listens is left as it is, also where it is full", async () => {
    const database = await open();
    const { workerId } = await claim(database.store, { listen: true });
    await claim(database.store, { workerId, slots: 0 });
    assert.deepEqual(await database.sql(FLAG), [{ listening: true }]);
  });
});

/** A connection that listens. `heard`: the queues told of since it was last asked. */
async function listenIn({ pool }: TestDatabase) {
  const client = await pool.connect();
  const queues: string[] = [];
  const readyFrom: number[] = [];
  client.on("notification", ({ payload = "" }) => {
    const [, since, queue] = /^([0-9]+) (.*)$/.exec(payload) ?? [];
    readyFrom.push(Number(since));
    queues.push(queue ?? payload);
  });
  await client.query("listen mayfly_ready");
  return {
    async heard() {
      // What was sent before it comes before its answer.
      await client.query("select 1");
      return queues.splice(0);
    },
    readyFrom,
    close: () => client.release(),
  };
}

onEachServer((open) => {
  describe("word of new jobs", () => {
    test("an enqueue sends the queue's name when a listening worker serves it, and else nothing", async () => {
      const database = await open();
      const ear = await listenIn(database);
      const enqueue = async (queue: string) => {
        await database.store.enqueue([newJob({ queue }), newJob({ queue })]);
        return await ear.heard();
      };
      assert.deepEqual(await enqueue("mail"), []);
      await claim(database.store, { queues: ["default"], listen: true });
      assert.deepEqual(await enqueue("mail"), []);
      assert.deepEqual(await enqueue("default"), ["default"]);
      ear.close();
    });

    test("a transaction that stayed open says it once a queue, with a time that none of its jobs became ready before", async () => {
      const database = await open();
      const ear = await listenIn(database);
      await claim(database.store, { listen: true });
      const client = await database.pool.connect();
      await client.query("begin");
      for (const key of ["a", "b"])
        await client.query("select from mayfly.enqueue_v1($1::jsonb)", [JSON.stringify([{ name: "work", key }])]);
      const { rows } = await client.query("select floor(extract(epoch from min(ready_at)) * 1000)::float8 as first from mayfly.ready");
      await client.query("commit");
      client.release();
      assert.deepEqual(await ear.heard(), ["default"]);
      assert.ok(Number(ear.readyFrom[0]) <= rows[0].first);
      assert.ok(Number(ear.readyFrom[0]) > Date.now() - 60_000);
      ear.close();
    });

    test("a retry by hand and a resumed queue are told of, too", async () => {
      const database = await open();
      const ear = await listenIn(database);
      const operator = operatorStore({ driver: database.driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
      const [id = ""] = await enqueueEach(database, [{}]);
      const { workerId, claimId } = await claim(database.store);
      await claim(database.store, { workerId, settle: [success(id, claimId)], listen: true });
      await ear.heard();
      assert.equal((await database.store.retry(id, newId())).outcome, "enqueued");
      assert.deepEqual(await ear.heard(), ["default"]);
      await operator.pauseQueue("default");
      await operator.resumeQueue("default");
      assert.deepEqual(await ear.heard(), ["default"]);
      ear.close();
    });
  });
});

describe("an enqueue in a transaction that is to be prepared", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(18, { max_prepared_transactions: "1" });
  });
  after(() => server.stop());

  const PREPARED = ["begin", `select mayfly.enqueue_v1('[{"name": "work"}]')`, "prepare transaction 'two-phase'"];

  test("is refused while a worker listens that serves its queue: Postgres does not prepare what has notified", async () => {
    const database = await server.database();
    await claim(database.store, { listen: true });
    const client = await database.pool.connect();
    await assert.rejects(
      (async () => {
        for (const statement of PREPARED) await client.query(statement);
      })(),
      { code: "0A000" },
    );
    client.release(true);
    await database.close();
  });

  test("is prepared while none does", async () => {
    const database = await server.database();
    const client = await database.pool.connect();
    for (const statement of [...PREPARED, "commit prepared 'two-phase'"]) await client.query(statement);
    client.release();
    assert.equal((await database.sql("select id from mayfly.ready")).length, 1);
    await database.close();
  });
});
