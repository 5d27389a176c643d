/**
 * mayfly.rescue_v1 and mayfly.look_v1: every branch of them.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, newId, newJob, newLook } from "../support/samples.ts";

const LOOK = newLook({ staleMs: 90_000, most: 100, queues: ["default"] });

async function silence({ sql }: SqlDatabase, workerId: string): Promise<void> {
  await sql("update mayfly.worker set heartbeat_at = now() - interval '91 seconds' where id = $1", [workerId]);
}

onEachPostgres((open) => {
  test("the attempts of a silent worker are lost: with attempts left the job is ready again, else it has ended", async () => {
    const database = await open();
    const [again, over] = [newJob({ retries: 1 }), newJob()];
    await database.store.enqueue([again, over]);
    const dead = await claim(database.store);
    await silence(database, dead.workerId);
    const seen = await database.store.look(LOOK);
    assert.deepEqual([seen.lost, seen.more, seen.ready], [2, false, true]);
    assert.deepEqual(await database.sql("select id, state, attempt, claim_id, worker_id from mayfly.job"), [
      { id: again.id, state: "ready", attempt: 1, claim_id: null, worker_id: null },
    ]);
    const results = await database.sql<{ id: string }>(
      "select id, outcome, claim_id, worker_id, retry_at is not null as again, error ->> 'name' as error, error ->> 'message' as message from mayfly.result order by retries desc",
    );
    const lost = {
      outcome: "lost",
      claim_id: dead.claimId,
      worker_id: dead.workerId,
      error: "LostError",
      message: `worker ${dead.workerId} stopped sending heartbeats`,
    };
    assert.deepEqual(results, [
      { id: again.id, ...lost, again: true },
      { id: over.id, ...lost, again: false },
    ]);
    assert.deepEqual(await database.sql("select id from mayfly.worker"), [], "a dead worker whose work is done is forgotten");
    assert.deepEqual((await database.store.look(LOOK)).lost, 0);
  });

  test("a worker that asks is alive, however long nothing was heard of it", async () => {
    const database = await open();
    await database.store.enqueue([newJob()]);
    const { workerId } = await claim(database.store);
    await silence(database, workerId);
    assert.equal((await database.store.look({ ...LOOK, workerId })).lost, 0);
    assert.equal((await database.store.look({ ...LOOK, workerId: newId() })).lost, 1);
  });

  test("a look tells of which queues and jobs the attempts were that it ended, and how they ended", async () => {
    const database = await open();
    await database.store.enqueue([newJob(), newJob(), newJob({ name: "other", queue: "q" })]);
    const dead = await claim(database.store, { queues: ["default", "q"], names: ["work", "other"] });
    await database.sql("update mayfly.job set cancel_requested_at = now() where queue = 'q'");
    await silence(database, dead.workerId);
    const { lost, rescued } = await database.store.look(LOOK);
    assert.deepEqual(
      [lost, rescued],
      [
        3,
        [
          ["default", "work", "lost", 2],
          ["q", "other", "cancelled", 1],
        ],
      ],
    );
  });

  test("an operator's cancel is final and wins over lost", async () => {
    const database = await open();
    await database.store.enqueue([newJob({ retries: 5 })]);
    const dead = await claim(database.store);
    await database.sql("update mayfly.job set cancel_requested_at = now()");
    await silence(database, dead.workerId);
    await database.store.look(LOOK);
    assert.deepEqual(await database.sql("select id from mayfly.job"), []);
    assert.deepEqual(await database.sql("select outcome, retry_at from mayfly.result"), [{ outcome: "cancelled", retry_at: null }]);
  });

  test("a worker that sends heartbeats keeps its jobs; one that has left is forgotten once it is silent", async () => {
    const database = await open();
    await database.store.enqueue([newJob()]);
    await claim(database.store);
    const gone = await claim(database.store, { leave: true });
    assert.equal((await database.store.look(LOOK)).lost, 0);
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.worker"), [{ n: 2 }]);
    await silence(database, gone.workerId);
    assert.equal((await database.store.look(LOOK)).lost, 0);
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.worker"), [{ n: 1 }]);
    assert.deepEqual(await database.sql("select state from mayfly.job"), [{ state: "running" }]);
  });

  test("a slice at a time, and the worker stays until all of its jobs are rescued", async () => {
    const database = await open();
    await database.store.enqueue([newJob(), newJob(), newJob()]);
    const dead = await claim(database.store);
    await silence(database, dead.workerId);
    const slices: unknown[] = [];
    for (let slice = 0; slice < 3; slice++) {
      const { lost, more } = await database.store.look({ ...LOOK, most: 2 });
      const [{ n = -1 } = {}] = await database.sql<{ n: number }>("select count(*)::int as n from mayfly.worker");
      slices.push([lost, more, n]);
    }
    assert.deepEqual(slices, [
      [2, true, 1],
      [1, false, 0],
      [0, false, 0],
    ]);
  });

  test("a look says whether a job waits in a queue that is served and not paused, and when the next is due", async () => {
    const database = await open();
    const { nowMs, ...nothing } = await database.store.look(LOOK);
    assert.ok(Math.abs(nowMs - Date.now()) < 60_000);
    assert.deepEqual(nothing, {
      lost: 0,
      rescued: [],
      expired: 0,
      failed: [],
      more: false,
      ready: false,
      nextDueMs: null,
      setState: null,
      due: [],
      nextFireMs: null,
    });
    await database.store.enqueue([newJob({ queue: "other" }), newJob({ delayMs: 60_000 })]);
    const { ready, nextDueMs } = await database.store.look(LOOK);
    assert.deepEqual([ready, nextDueMs !== null && nextDueMs > 50_000 && nextDueMs <= 60_000], [false, true]);
    assert.equal((await database.store.look({ ...LOOK, queues: ["default", "other"] })).ready, true);
    await database.sql("insert into mayfly.queue (name, paused_at) values ('other', now())");
    assert.equal((await database.store.look({ ...LOOK, queues: ["default", "other"] })).ready, false);
  });

  test("claims are forgotten after an hour, when no client repeats them any more", async () => {
    const database = await open();
    const old = "01890000-0000-7000-8000-000000000000";
    await database.sql("insert into mayfly.claim (id, worker_id, at) values ($1, $1, now() - interval '61 minutes'), ($2, $2, now())", [
      old,
      newId(),
    ]);
    await database.store.look(LOOK);
    assert.deepEqual(await database.sql("select count(*)::int as n, bool_or(id = $1) as old from mayfly.claim", [old]), [
      { n: 1, old: false },
    ]);
  });

  test("while many workers, or claims, are left to be forgotten, there is more to do", async () => {
    const database = await open();
    await database.sql(
      "insert into mayfly.worker (id, heartbeat_at, left_at) select gen_random_uuid(), now() - interval '1 hour', now() from generate_series(1, 1500)",
    );
    const more: boolean[] = [];
    for (let slice = 0; slice < 2; slice++) more.push((await database.store.look(LOOK)).more);
    await database.sql(
      "insert into mayfly.claim (id, worker_id, at) select ('01890000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(), now() - interval '2 hours' from generate_series(1, 6000) n",
    );
    for (let slice = 0; slice < 2; slice++) more.push((await database.store.look(LOOK)).more);
    assert.deepEqual(more, [true, false, true, false]);
    assert.deepEqual(
      await database.sql("select (select count(*)::int from mayfly.worker) as workers, (select count(*)::int from mayfly.claim) as claims"),
      [{ workers: 0, claims: 0 }],
    );
  });
});
