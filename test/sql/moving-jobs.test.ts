/**
 * A job that moves while somebody looks for it by its id: it is found where it is then.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { operatorStore } from "../../src/postgres/operator/operator-store.ts";
import type { TestDatabase } from "../support/database.ts";
import { onEachServer } from "../support/each-postgres.ts";
import { claim, failure, newJob, newTick, newTurn } from "../support/samples.ts";
import { begin, untilWaiting } from "../support/stranger.ts";

const RUNNING = `
  with gone as (delete from mayfly.ready returning id, partition, queue, name, priority, retries, ready_at)
  insert into mayfly.running (id, partition, queue, name, priority, retries, ready_at, attempt, claim_id, worker_id)
  select g.*, 1, gen_random_uuid(), gen_random_uuid() from gone g`;
const SCHEDULED = `
  with gone as (delete from mayfly.ready returning id, partition, queue, name, priority, retries)
  insert into mayfly.scheduled (id, partition, queue, name, priority, retries, run_at) select g.*, now() + interval '1 day' from gone g`;
const READY = `
  with gone as (delete from mayfly.running returning id, partition, queue, name, priority, retries, ready_at)
  insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at) select g.* from gone g`;
const PROMOTED = `
  with gone as (delete from mayfly.scheduled returning id, partition, queue, name, priority, retries)
  insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at) select g.*, now() from gone g`;

const placesOf = ({ sql }: TestDatabase) => sql("select state from mayfly.live where ended is not true");

onEachServer((open) => {
  describe("a cancel", () => {
    for (const [what, move, outcome, left] of [
      ["from ready to running", RUNNING, "requested", [{ state: "running" }]],
      ["from ready to scheduled", SCHEDULED, "cancelled", []],
    ] as const) {
      test(`of a job that moves ${what} waits for the move, and finds it there`, async () => {
        const database = await open();
        const job = newJob();
        await database.store.enqueue([job]);
        await using mover = await begin(database, move);
        const cancelled = database.store.cancel(job.id);
        await untilWaiting(database);
        await mover.commit();
        assert.equal(await cancelled, outcome);
        assert.deepEqual(await placesOf(database), left);
      });
    }

    test("of a job that goes back from running to ready ends it there", async () => {
      const database = await open();
      const job = newJob();
      await database.store.enqueue([job]);
      await claim(database.store);
      await using mover = await begin(database, READY);
      const cancelled = database.store.cancel(job.id);
      await untilWaiting(database);
      await mover.commit();
      assert.equal(await cancelled, "cancelled");
      assert.deepEqual(await database.sql("select id from mayfly.live where ended is not true union all select id from mayfly.cancel"), []);
    });

    test("of a job whose move is undone finds it where it was", async () => {
      const database = await open();
      const job = newJob();
      await database.store.enqueue([job]);
      await using mover = await begin(database, RUNNING);
      const cancelled = database.store.cancel(job.id);
      await untilWaiting(database);
      await mover.rollback();
      assert.equal(await cancelled, "cancelled");
    });

    test("of a job that a settlement ends meanwhile says that it has finished", async () => {
      const database = await open();
      const job = newJob();
      await database.store.enqueue([job]);
      const { claimId, workerId } = await claim(database.store);
      await using settler = await begin(database);
      await settler.client.query("select from mayfly.turn_settle($1, array[$2]::uuid[], array[$3]::uuid[], array[1], null)", [
        workerId,
        job.id,
        claimId,
      ]);
      const cancelled = database.store.cancel(job.id);
      await untilWaiting(database);
      await settler.commit();
      assert.equal(await cancelled, "finished");
      assert.deepEqual(await database.sql("select id from mayfly.cancel"), []);
    });

    test("in a transaction that is still open makes a settlement busy, which then sees it", async () => {
      const database = await open();
      const job = newJob({ retries: 3 });
      await database.store.enqueue([job]);
      const { claimId, workerId } = await claim(database.store);
      const settle = () => claim(database.store, { workerId, slots: 0, settle: [failure(job.id, claimId, 0)] });
      await using canceller = await begin(database, `select mayfly.cancel_v1('${job.id}')`);
      assert.deepEqual(
        (await settle()).rejections.map(({ reason }) => reason),
        ["busy"],
      );
      await canceller.commit();
      assert.deepEqual((await settle()).rejections, []);
      assert.deepEqual(await database.sql("select outcome, retry_at from mayfly.result"), [{ outcome: "cancelled", retry_at: null }]);
    });
  });

  describe("a list", () => {
    // With a statement for each table, the first would look too early, and the next too late.
    test("shows a job once that moves while it is read", async () => {
      const database = await open();
      const job = newJob({ delayMs: 60_000 });
      await database.store.enqueue([job]);
      await using mover = await begin(database, "lock table mayfly.scheduled in access exclusive mode");
      const operator = operatorStore({ ...database, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
      const listed = operator.jobs();
      await untilWaiting(database);
      await mover.client.query(PROMOTED);
      await mover.commit();
      assert.deepEqual(
        (await listed).items.map(({ id, state }) => [id, state]),
        [[job.id, "ready"]],
      );
    });

    test("has the jobs of all three places in one order, by id", async () => {
      const database = await open();
      const ids: string[] = [];
      for (const more of [{}, { delayMs: 60_000 }, {}, { delayMs: 60_000 }, {}]) {
        const job = newJob(more);
        await database.store.enqueue([job]);
        ids.push(job.id);
      }
      await claim(database.store, { slots: 2 });
      const operator = operatorStore({ ...database, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
      const { items } = await operator.jobs();
      assert.deepEqual(
        items.map(({ id }) => id),
        ids.toReversed(),
      );
      assert.deepEqual(
        items.map(({ state }) => state),
        ["ready", "scheduled", "running", "scheduled", "running"],
      );
    });
  });

  describe("a retry by hand", () => {
    test("beside another one waits for it, and says what that one made", async () => {
      const database = await open();
      const job = newJob();
      await database.store.enqueue([job]);
      const { claimId, workerId } = await claim(database.store);
      await claim(database.store, { workerId, slots: 0, settle: [failure(job.id, claimId)] });
      const [first, second] = [newJob().id, newJob().id];
      await using other = await begin(database, `select mayfly.retry_v1(array['${job.id}']::uuid[], array['${first}']::uuid[])`);
      const retried = database.store.retry(job.id, second);
      await untilWaiting(database);
      await other.commit();
      assert.deepEqual(await retried, { outcome: "already", id: first });
      assert.deepEqual(await database.sql("select id from mayfly.ready"), [{ id: first }]);
    });
  });

  describe("a rescue", () => {
    test("leaves a row that somebody holds, and finds it the next time", async () => {
      const database = await open();
      const jobs = [newJob(), newJob()];
      await database.store.enqueue(jobs);
      await claim(database.store);
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      await using stranger = await begin(database, `select from mayfly.running where id = '${jobs[0]?.id}' for update`);
      assert.equal((await database.store.tick(newTick())).lost, 1);
      await stranger.rollback();
      assert.equal((await database.store.tick(newTick())).lost, 1);
      assert.deepEqual(await database.sql("select id from mayfly.worker"), []);
    });

    test("leaves a worker whose row a turn is writing", async () => {
      const database = await open();
      await database.store.enqueue([newJob()]);
      const { workerId } = await claim(database.store);
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      await using turn = await begin(database, `update mayfly.worker set heartbeat_at = now() where id = '${workerId}'`);
      assert.equal((await database.store.tick(newTick())).lost, 0);
      await turn.commit();
      assert.equal((await database.store.tick(newTick())).lost, 0);
    });

    test("of jobs that a settlement has just taken leaves them to it", async () => {
      const database = await open();
      const job = newJob({ retries: 1 });
      await database.store.enqueue([job]);
      const { claimId, workerId } = await claim(database.store);
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      await using settler = await begin(database);
      await settler.client.query("select from mayfly.turn_settle($1, array[$2]::uuid[], array[$3]::uuid[], array[1], null)", [
        workerId,
        job.id,
        claimId,
      ]);
      assert.equal((await database.store.tick(newTick())).lost, 0);
      await settler.commit();
      await database.store.tick(newTick());
      assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "successful" }]);
    });
  });

  test("a turn that was given up, and goes on, is repeated under its claim: the repeat waits, and claims nothing else", async () => {
    const database = await open();
    await database.store.enqueue([newJob(), newJob()]);
    const turn = newTurn({ slots: 1 });
    await using given = await begin(database);
    const params = [turn.workerId, turn.claimId];
    await given.client.query(
      `select from mayfly.turn_v1($1, $2, 1, row(array['default'], array['work'], '{}', 60000, 8000000, true)::mayfly.capacity, '{}', '{}', '{}', null, null, null)`,
      params,
    );
    const repeated = database.store.turn({ ...turn, presence: null });
    await untilWaiting(database);
    await given.commit();
    const { jobs, replayed } = await repeated;
    assert.deepEqual([jobs.length, replayed], [1, true]);
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.running"), [{ n: 1 }]);
  });

  test("maintenance by many at once does each duty once, and nobody waits", async () => {
    const database = await open();
    const expiresAt = new Date(Date.now() - 60_000).toISOString();
    await database.store.enqueue([newJob({ expiresAt }), newJob({ expiresAt })]);
    await using other = await begin(database, "select mayfly.maintain_v1(null, 100)");
    assert.equal((await database.store.maintain(null, 100)).expired, 0);
    await other.commit();
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.result"), [{ n: 2 }]);
  });
});
