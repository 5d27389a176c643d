/**
 * mayfly.rescue_v1 and mayfly.tick_v1: every branch of them.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, newId, newJob, newTick, success } from "../support/samples.ts";

const TICK = newTick({ limit: 100 });

async function silence({ sql }: SqlDatabase, workerId: string): Promise<void> {
  await sql("update mayfly.worker set heartbeat_at = now() - interval '91 seconds' where id = $1", [workerId]);
}

const count = async ({ sql }: SqlDatabase, table: "worker" | "running"): Promise<number> =>
  (await sql<{ n: number }>(`select count(*)::int as n from mayfly.${table}`))[0]?.n ?? -1;

onEachPostgres((open) => {
  describe("attempts of dead workers", () => {
    test("the attempts of a silent worker are lost: with attempts left the job is ready again, else it has ended", async () => {
      const database = await open();
      const [again, over] = [newJob({ retries: 1 }), newJob()];
      await database.store.enqueue([again, over]);
      const dead = await claim(database.store);
      await silence(database, dead.workerId);
      const seen = await database.store.tick(TICK);
      assert.deepEqual([seen.lost, seen.more, seen.ready], [2, false, true]);
      assert.deepEqual(await database.sql("select id, state, attempt, claim_id, worker_id from mayfly.live"), [
        { id: again.id, state: "ready", attempt: 1, claim_id: null, worker_id: null },
      ]);
      const lost = {
        outcome: "lost",
        claim_id: dead.claimId,
        worker_id: dead.workerId,
        error: "LostError",
        message: `worker ${dead.workerId} stopped sending heartbeats`,
      };
      const results = await database.sql(
        `select id, outcome, claim_id, worker_id, retry_at is not null as again, error ->> 'name' as error, error ->> 'message' as message
         from mayfly.result order by retry_at`,
      );
      assert.deepEqual(results, [
        { id: again.id, ...lost, again: true },
        { id: over.id, ...lost, again: false },
      ]);
      assert.equal(await count(database, "worker"), 0, "a dead worker whose work is done is forgotten");
      assert.equal((await database.store.tick(TICK)).lost, 0);
    });

    test("a job that runs under a worker without a row is rescued", async () => {
      const database = await open();
      await database.store.enqueue([newJob(), newJob()]);
      const [frozen, living] = [await claim(database.store, { slots: 1 }), await claim(database.store, { slots: 1 })];
      await database.sql("delete from mayfly.worker where id = $1", [frozen.workerId]);
      assert.equal((await database.store.tick(TICK)).lost, 1);
      assert.deepEqual(await database.sql("select worker_id from mayfly.running"), [{ worker_id: living.workerId }]);
    });

    test("a worker without a row that asks keeps its own jobs", async () => {
      const database = await open();
      await database.store.enqueue([newJob()]);
      const { workerId } = await claim(database.store);
      await database.sql("delete from mayfly.worker");
      assert.equal((await database.store.tick({ ...TICK, workerId })).lost, 0);
    });

    test("a worker that asks is alive, however long nothing was heard of it", async () => {
      const database = await open();
      await database.store.enqueue([newJob()]);
      const { workerId } = await claim(database.store);
      await silence(database, workerId);
      assert.equal((await database.store.tick({ ...TICK, workerId })).lost, 0);
      assert.equal((await database.store.tick({ ...TICK, workerId: newId() })).lost, 1);
    });

    test("a tick says of which queues and jobs the attempts were that it ended, and how they ended", async () => {
      const database = await open();
      await database.store.enqueue([newJob(), newJob(), newJob({ name: "other", queue: "q" })]);
      const dead = await claim(database.store, { queues: ["default", "q"], names: ["work", "other"] });
      await database.sql("insert into mayfly.cancel (id) select id from mayfly.running where queue = 'q'");
      await silence(database, dead.workerId);
      const { lost, rescued } = await database.store.tick(TICK);
      assert.equal(lost, 3);
      assert.deepEqual(rescued, [
        ["default", "work", "lost", 2],
        ["q", "other", "cancelled", 1],
      ]);
    });

    test("an operator's cancel is final and wins over lost", async () => {
      const database = await open();
      const job = newJob({ retries: 5 });
      await database.store.enqueue([job]);
      const dead = await claim(database.store);
      assert.equal(await database.store.cancel(job.id), "requested");
      await silence(database, dead.workerId);
      await database.store.tick(TICK);
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
      assert.deepEqual(await database.sql("select outcome, retry_at from mayfly.result"), [{ outcome: "cancelled", retry_at: null }]);
      assert.deepEqual(await database.sql("select id from mayfly.cancel"), []);
    });

    test("a worker that comes back is refused what it finished under a lost claim", async () => {
      const database = await open();
      const job = newJob({ retries: 1 });
      await database.store.enqueue([job]);
      const { workerId, claimId } = await claim(database.store);
      await silence(database, workerId);
      await database.store.tick(TICK);
      const { rejections } = await claim(database.store, { workerId, slots: 0, settle: [success(job.id, claimId)] });
      assert.deepEqual(rejections, [{ id: job.id, claimId, reason: "claim_lost" }]);
    });

    test("a lost attempt of an idempotent job does not count, up to five in a row", async () => {
      const database = await open();
      const job = newJob({ idempotent: true });
      await database.store.enqueue([job]);
      const attempts: unknown[] = [];
      for (let death = 0; death < 6; death++) {
        await silence(database, (await claim(database.store)).workerId);
        await database.store.tick(TICK);
        attempts.push((await database.sql<{ attempt: number }>("select attempt from mayfly.ready"))[0]?.attempt);
      }
      assert.deepEqual(attempts, [0, 0, 0, 0, 0, undefined]);
    });

    test("a key is free, and a running limit has room again, once the attempt is lost", async () => {
      const database = await open();
      const limited = { key: "l", runningLimit: 1 };
      await database.store.enqueue([newJob({ key: "k" }), newJob(limited)]);
      const dead = await claim(database.store);
      await database.store.enqueue([newJob(limited)]);
      assert.equal((await claim(database.store)).setAside, 1);
      await silence(database, dead.workerId);
      await database.store.tick(TICK);
      assert.equal((await database.store.enqueue([newJob({ key: "k" })]))[0]?.outcome, "enqueued");
      assert.deepEqual((await claim(database.store)).jobs.map(({ key }) => key).sort(), ["k", "l"]);
    });
  });

  test("a worker that sends heartbeats keeps its jobs; one that has left is forgotten once it is silent", async () => {
    const database = await open();
    await database.store.enqueue([newJob()]);
    await claim(database.store);
    const left = await claim(database.store, { leave: true });
    assert.equal((await database.store.tick(TICK)).lost, 0);
    assert.equal(await count(database, "worker"), 2);
    await silence(database, left.workerId);
    assert.equal((await database.store.tick(TICK)).lost, 0);
    assert.equal(await count(database, "worker"), 1);
    assert.equal(await count(database, "running"), 1);
  });

  test("a slice at a time, and the worker stays until all of its jobs are rescued", async () => {
    const database = await open();
    await database.store.enqueue([newJob(), newJob(), newJob()]);
    const dead = await claim(database.store);
    await silence(database, dead.workerId);
    const slices: unknown[] = [];
    for (let slice = 0; slice < 3; slice++) {
      const { lost, more } = await database.store.tick({ ...TICK, limit: 2 });
      slices.push([lost, more, await count(database, "worker")]);
    }
    assert.deepEqual(slices, [
      [2, true, 1],
      [1, false, 0],
      [0, false, 0],
    ]);
  });

  test("while many silent workers are left to be forgotten, there is more to do", async () => {
    const database = await open();
    await database.sql(
      "insert into mayfly.worker (id, heartbeat_at, left_at) select gen_random_uuid(), now() - interval '1 hour', now() from generate_series(1, 1500)",
    );
    const more: boolean[] = [];
    for (let slice = 0; slice < 2; slice++) more.push((await database.store.tick(TICK)).more);
    assert.deepEqual(more, [true, false]);
    assert.equal(await count(database, "worker"), 0);
  });

  describe("what there is to do", () => {
    test("nothing, in an empty database", async () => {
      const database = await open();
      const { nowMs, ...nothing } = await database.store.tick(TICK);
      assert.ok(Math.abs(nowMs - Date.now()) < 60_000);
      assert.deepEqual(nothing, {
        lost: 0,
        rescued: [],
        failed: [],
        more: false,
        ready: false,
        nextDueMs: null,
        maintenanceDue: false,
        setState: null,
        due: [],
        nextFireMs: null,
      });
    });

    test("whether a job waits in a queue that is served and not paused, and when the next is due", async () => {
      const database = await open();
      const served = { ...TICK, queues: ["default", "other"] };
      await database.store.enqueue([newJob({ queue: "other" }), newJob({ delayMs: 60_000 })]);
      const { ready, nextDueMs } = await database.store.tick(TICK);
      assert.equal(ready, false);
      assert.ok(nextDueMs !== null && nextDueMs > 50_000 && nextDueMs <= 60_000);
      assert.equal((await database.store.tick(served)).ready, true);
      await database.sql("insert into mayfly.queue (name, paused_at) values ('other', now())");
      assert.equal((await database.store.tick(served)).ready, false);
    });

    const past = () => new Date(Date.now() - 60_000).toISOString();
    for (const [what, arrange] of [
      ["a duty's time has come", ({ sql }) => sql("update mayfly.duty set due_at = now() where name = 'count'")],
      ["a ready job has expired", ({ store }) => store.enqueue([newJob({ expiresAt: past() })])],
      ["a scheduled job has expired", ({ store }) => store.enqueue([newJob({ expiresAt: past(), delayMs: 60_000 })])],
      [
        "a job is throttled",
        async ({ store }) => {
          await store.enqueue([newJob({ runningLimit: 1 }), newJob({ runningLimit: 1 })]);
          assert.equal((await claim(store)).setAside, 1);
        },
      ],
    ] satisfies [string, (database: SqlDatabase) => Promise<unknown>][]) {
      test(`housekeeping, once ${what}`, async () => {
        const database = await open();
        assert.equal((await database.store.tick(TICK)).maintenanceDue, false);
        await arrange(database);
        assert.equal((await database.store.tick(TICK)).maintenanceDue, true);
      });
    }
  });
});
