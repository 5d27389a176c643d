/**
 * Running limits: at most so many of a name and key run at a time, and the others wait out of the way.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { NewJob } from "../../src/store/new-job.ts";
import { onEachPostgres } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, hooked, newLook, success } from "../support/samples.ts";

const capped = (key: string | null, more: Partial<NewJob> = {}): Partial<NewJob> => ({ key, runningLimit: 2, ...more });

onEachPostgres((open) => {
  test("as many run as the limit allows, the others are held, and whatever is behind them is claimed", async () => {
    const database = await open();
    const ids = await enqueueEach(database, [capped("k"), capped("k"), capped("k"), capped("k"), capped("other"), {}]);
    const { jobs, parked } = await claim(database.store, { slots: 6 });
    assert.deepEqual([jobs.map(({ id }) => id).sort(), parked], [[ids[0], ids[1], ids[4], ids[5]].sort(), 2]);
    assert.deepEqual(await database.sql("select id, state, held from mayfly.job where state <> 'running' order by id"), [
      { id: ids[2], state: "scheduled", held: true },
      { id: ids[3], state: "scheduled", held: true },
    ]);
    assert.deepEqual((await claim(database.store)).jobs, []);
    assert.equal((await database.store.look(newLook())).ready, false);
  });

  test("whoever ends lets in the next one, in order, which the same turn can claim", async () => {
    const database = await open();
    const [a = "", b = "", low = "", high = ""] = await enqueueEach(database, [
      capped("k", { priority: 9 }),
      capped("k", { priority: 9, retries: 1 }),
      capped("k"),
      capped("k", { priority: 5 }),
    ]);
    const { workerId, claimId } = await claim(database.store);
    const next = await claim(database.store, { workerId, settle: [success(a, claimId)] });
    assert.deepEqual(
      next.jobs.map(({ id }) => id),
      [high],
    );
    const last = await claim(database.store, { workerId, settle: [failure(b, claimId, 60_000)] });
    assert.deepEqual(
      last.jobs.map(({ id }) => id),
      [low],
    );
  });

  test("what a dead worker ran gives its room back", async () => {
    const database = await open();
    const ids = await enqueueEach(database, [capped("k"), capped("k"), capped("k")]);
    await claim(database.store);
    await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
    assert.equal((await database.store.look(newLook())).ready, true);
    assert.deepEqual(
      (await claim(database.store)).jobs.map(({ id }) => id),
      [ids[2]],
    );
  });

  test("room that nobody gave back is found by the next look", async () => {
    const database = await open();
    const ids = await enqueueEach(database, [capped("k"), capped("k"), capped("k")]);
    await claim(database.store);
    await database.sql("delete from mayfly.job where state = 'running'");
    assert.equal((await database.store.look(newLook())).ready, true);
    assert.deepEqual(
      (await claim(database.store)).jobs.map(({ id }) => id),
      [ids[2]],
    );
  });

  test("a held job can be cancelled, and expires", async () => {
    const database = await open();
    const ids = await enqueueEach(database, [capped("k"), capped("k"), capped("k"), capped("k", { expiresMs: 60_000 })]);
    await claim(database.store);
    assert.equal(await database.store.cancel(ids[2] ?? ""), "cancelled");
    await database.sql("update mayfly.job set expires_at = now() - interval '1 second' where expires_at is not null");
    assert.equal((await database.store.look(newLook())).expired, 1);
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job where held"), [{ n: 0 }]);
  });

  test("without a key the limit is the name's", async () => {
    const database = await open();
    await enqueueEach(database, [capped(null), capped(null), capped(null), { name: "other", ...capped(null) }]);
    const { jobs } = await claim(database.store, { names: ["work", "other"] });
    assert.deepEqual(jobs.map(({ name, key }) => [name, key]).sort(), [
      ["other", null],
      ["work", null],
      ["work", null],
    ]);
  });

  test("an attempt's hook runs under the limit too, and a job that has ended takes no room", async () => {
    const database = await open();
    const [id = "", other = "", third = ""] = await enqueueEach(database, [capped("k"), capped("k"), capped("k")]);
    const { workerId, claimId } = await claim(database.store, { hooked: ["work"] });
    await claim(database.store, { slots: 0, workerId, settle: [{ ...failure(id, claimId), hook: true }] });
    const next = await claim(database.store, { hooked: ["work"] });
    assert.deepEqual(
      next.jobs.map((job) => [job.id, job.hook]).sort(),
      [
        [id, "errored"],
        [third, null],
      ].sort(),
    );
    await claim(database.store, { slots: 0, workerId: next.workerId, settle: [hooked(id, next.claimId)] });
    await claim(database.store, { slots: 0, workerId, settle: [success(other, claimId)] });
    assert.deepEqual(await database.sql("select id from mayfly.job"), [{ id: third }]);
  });

  test("while another transaction counts the same limit, a turn leaves those jobs and says so", async (t) => {
    const database = await open();
    if (!("pool" in database)) return t.skip("PGlite has one connection, and so no other transaction");
    const { pool } = database as unknown as { pool: import("pg").Pool };
    const [capped1 = "", plain = ""] = await enqueueEach(database, [capped("k"), {}]);
    const other = await pool.connect();
    try {
      await other.query("begin");
      await other.query("select pg_advisory_xact_lock(hashtextextended('work' || chr(31) || 'k', 7382))");
      const { jobs, busy } = await claim(database.store);
      assert.deepEqual([jobs.map(({ id }) => id), busy], [[plain], true]);
    } finally {
      await other.query("rollback");
      other.release();
    }
    assert.deepEqual(
      (await claim(database.store)).jobs.map(({ id }) => id),
      [capped1],
    );
  });
});
