/**
 * Hooks as the database sees them: due once the result is written, before any retry, on the job's own queue.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, hooked, lost, newLook, success } from "../support/samples.ts";

const HOOKED = { hooked: ["work"] };

/** Loses the attempts of all workers there are. */
async function loseAll({ sql, store }: SqlDatabase): Promise<void> {
  await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
  await store.look(newLook());
}

const LIVE = "select state, hook, ended, attempt, hook_tries as tries, concurrency_key as key, exclusive from mayfly.job";
const RESULTS = "select outcome, attempt, retry_at is not null as again from mayfly.result order by finished_at, attempt";

onEachPostgres((open) => {
  test("a lost attempt's hook comes before its retry, which keeps the key all the while", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{ retries: 1, key: "k" }]);
    await claim(database.store, HOOKED);
    await loseAll(database);
    const key = { key: "k", exclusive: true };
    assert.deepEqual(await database.sql(LIVE), [{ state: "ready", hook: "lost", ended: false, attempt: 1, tries: 0, ...key }]);
    const hook = await claim(database.store, HOOKED);
    assert.deepEqual(
      hook.jobs.map((job) => [job.id, job.hook, job.hookTries, job.attempt]),
      [[id, "lost", 1, 1]],
    );
    await claim(database.store, { ...HOOKED, slots: 0, workerId: hook.workerId, settle: [hooked(id, hook.claimId)] });
    const retry = await claim(database.store, HOOKED);
    assert.deepEqual(
      retry.jobs.map((job) => [job.id, job.hook, job.attempt]),
      [[id, null, 2]],
    );
    await claim(database.store, { slots: 0, workerId: retry.workerId, settle: [success(id, retry.claimId)] });
    assert.deepEqual(await database.sql(RESULTS), [
      { outcome: "lost", attempt: 1, again: true },
      { outcome: "successful", attempt: 2, again: false },
    ]);
  });

  test("an attempt that its own worker settles as lost is one that a rescue finds: the hook, then the retry, freeAttempts where that is due", async () => {
    const database = await open();
    for (const countsAsAttempt of [true, false]) {
      const [id = ""] = await enqueueEach(database, [{ retries: 1, key: "k" }]);
      const first = await claim(database.store, HOOKED);
      await claim(database.store, {
        slots: 0,
        workerId: first.workerId,
        settle: [lost(id, first.claimId, { retryInMs: 0, countsAsAttempt, hook: true })],
      });
      const attempt = countsAsAttempt ? 1 : 0;
      const key = { key: "k", exclusive: true };
      assert.deepEqual(await database.sql(LIVE), [{ state: "ready", hook: "lost", ended: false, attempt, tries: 0, ...key }]);
      assert.deepEqual(await database.sql("select freeAttempts from mayfly.job"), [{ freeAttempts: countsAsAttempt ? 0 : 1 }]);
      const hook = await claim(database.store, HOOKED);
      assert.deepEqual(
        hook.jobs.map((job) => [job.hook, job.hookTries]),
        [["lost", 1]],
      );
      await claim(database.store, { slots: 0, workerId: hook.workerId, settle: [hooked(id, hook.claimId)] });
      const retry = await claim(database.store, HOOKED);
      assert.deepEqual(
        retry.jobs.map((job) => [job.hook, job.attempt]),
        [[null, attempt + 1]],
      );
      await claim(database.store, { slots: 0, workerId: retry.workerId, settle: [success(id, retry.claimId)] });
      assert.deepEqual(await database.sql(RESULTS), [
        { outcome: "lost", attempt: 1, again: true },
        { outcome: "successful", attempt: attempt + 1, again: false },
      ]);
      await database.sql("delete from mayfly.result");
    }
  });

  test("without a hook a lost attempt is followed by its retry, or is the end; of a job that is to be cancelled it is its end as cancelled", async () => {
    const database = await open();
    const ids = await enqueueEach(database, [{}, {}, {}, {}]);
    const [again = "", over = "", cancelled = "", last = ""] = ids;
    const held = await claim(database.store, HOOKED);
    for (const id of [cancelled, last]) await database.store.cancel(id);
    const settle = [
      lost(again, held.claimId, { retryInMs: 0 }),
      lost(over, held.claimId),
      lost(cancelled, held.claimId, { retryInMs: 0, hook: true }),
      lost(last, held.claimId, { hook: true }),
    ];
    await claim(database.store, { slots: 0, workerId: held.workerId, settle });
    const outcomes = await database.sql("select id, outcome from mayfly.result order by id");
    assert.deepEqual(outcomes, [
      { id: again, outcome: "lost" },
      { id: over, outcome: "lost" },
      { id: cancelled, outcome: "cancelled" },
      { id: last, outcome: "cancelled" },
    ]);
    assert.deepEqual(await database.sql("select id, hook, ended, state from mayfly.job order by id"), [
      { id: again, hook: null, ended: false, state: "ready" },
      { id: cancelled, hook: "cancelled", ended: true, state: "ready" },
      { id: last, hook: "cancelled", ended: true, state: "ready" },
    ]);
  });

  test("after its last attempt a job stays for its hook alone, without its key, and goes once that is done", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{ key: "k" }]);
    await claim(database.store, HOOKED);
    await loseAll(database);
    assert.deepEqual(await database.sql(LIVE), [
      { state: "ready", hook: "lost", ended: true, attempt: 1, tries: 0, key: null, exclusive: false },
    ]);
    assert.equal((await database.store.job(id))?.state, "lost");
    await enqueueEach(database, [{ key: "k", priority: -1 }]);
    const hook = await claim(database.store, { ...HOOKED, slots: 1 });
    await claim(database.store, { slots: 0, workerId: hook.workerId, settle: [hooked(id, hook.claimId)] });
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job where id = $1", [id]), [{ n: 0 }]);
  });

  test("a hook that is to be tried again waits, with its tries counted; a dead worker's hook is ready at once, without another result", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{}]);
    await claim(database.store, HOOKED);
    await loseAll(database);
    const first = await claim(database.store, HOOKED);
    await claim(database.store, { slots: 0, workerId: first.workerId, settle: [hooked(id, first.claimId, 60_000)] });
    assert.deepEqual(await database.sql("select state, hook, hook_tries as tries from mayfly.job"), [
      { state: "scheduled", hook: "lost", tries: 1 },
    ]);
    await database.sql("update mayfly.job set run_at = now()");
    assert.equal((await claim(database.store, HOOKED)).jobs[0]?.hookTries, 2);
    await loseAll(database);
    assert.equal((await claim(database.store, HOOKED)).jobs[0]?.hookTries, 3);
    assert.deepEqual(await database.sql(RESULTS), [{ outcome: "lost", attempt: 1, again: false }]);
  });

  test("a hook given back by its worker has not been tried", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{}]);
    await claim(database.store, HOOKED);
    await loseAll(database);
    const { workerId, claimId } = await claim(database.store, HOOKED);
    const released = success(id, claimId, { outcome: "released", countsAsAttempt: false });
    await claim(database.store, { slots: 0, workerId, settle: [released] });
    assert.equal((await claim(database.store, HOOKED)).jobs[0]?.hookTries, 1);
  });

  test("a last failure, and a cancelled attempt, leave the job for its hook", async () => {
    const database = await open();
    const ids = await enqueueEach(database, [{}, {}]);
    const { claimId, workerId } = await claim(database.store, HOOKED);
    const [failed = "", cancelled = ""] = ids;
    await claim(database.store, {
      slots: 0,
      workerId,
      settle: [
        { ...failure(failed, claimId), hook: true },
        { ...failure(cancelled, claimId), outcome: "cancelled", hook: true },
      ],
    });
    assert.deepEqual(await database.sql("select id, state, hook, ended from mayfly.job order by id"), [
      { id: failed, state: "ready", hook: "errored", ended: true },
      { id: cancelled, state: "ready", hook: "cancelled", ended: true },
    ]);
  });

  test("without a hook nothing stays, and jobs that were never claimed stay until it is known whether there is one", async () => {
    const database = await open();
    const [claimed = "", waiting = ""] = await enqueueEach(database, [{ priority: 1 }, {}]);
    await claim(database.store, { slots: 1 });
    await loseAll(database);
    assert.deepEqual(await database.sql("select id from mayfly.job"), [{ id: waiting }]);
    assert.equal(await database.store.cancel(waiting), "cancelled");
    assert.deepEqual(await database.sql("select id, hook, hooked, ended from mayfly.job"), [
      { id: waiting, hook: "cancelled", hooked: null, ended: true },
    ]);
    assert.equal((await database.store.job(claimed))?.state, "lost");
  });

  test("a hook that nobody can run is given up after about a day", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{ name: "unknown" }]);
    await database.store.cancel(id);
    await claim(database.store);
    assert.deepEqual(await database.sql("select state, parked from mayfly.job"), [{ state: "scheduled", parked: 1 }]);
    await database.sql("update mayfly.job set parked = 30, run_at = now()");
    await claim(database.store);
    assert.deepEqual(await database.sql("select id from mayfly.job"), []);
    assert.equal((await database.store.job(id))?.state, "cancelled");
  });

  test("an idempotent job's lost attempts do not count, five times in a row; then they do", async () => {
    const database = await open();
    await enqueueEach(database, [{ idempotent: true }]);
    const attempts: [number | undefined, number | undefined][] = [];
    for (let time = 0; time < 7; time++) {
      const { jobs } = await claim(database.store);
      attempts.push([jobs[0]?.attempt, jobs[0]?.freeAttempts]);
      await loseAll(database);
    }
    assert.deepEqual(attempts, [...[0, 1, 2, 3, 4, 5].map((freeAttempts) => [1, freeAttempts]), [undefined, undefined]]);
    assert.deepEqual(await database.sql("select count(*)::int as n, count(retry_at)::int as again from mayfly.result"), [
      { n: 6, again: 5 },
    ]);
  });

  test("an interrupted attempt that does not count is counted in that row too, and one that counts starts it anew", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{ idempotent: true, retries: 2 }]);
    const first = await claim(database.store);
    await claim(database.store, {
      slots: 0,
      workerId: first.workerId,
      settle: [{ ...failure(id, first.claimId, 0), countsAsAttempt: false }],
    });
    const second = await claim(database.store);
    assert.deepEqual([second.jobs[0]?.attempt, second.jobs[0]?.freeAttempts], [1, 1]);
    await claim(database.store, { slots: 0, workerId: second.workerId, settle: [failure(id, second.claimId, 0)] });
    const third = await claim(database.store);
    assert.deepEqual([third.jobs[0]?.attempt, third.jobs[0]?.freeAttempts], [2, 0]);
  });
});
