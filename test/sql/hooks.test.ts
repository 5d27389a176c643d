/**
 * Hooks as the database sees them: due once the result is written, before any retry, on the job's own queue.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, hookDone, lost, newTick, success } from "../support/samples.ts";

const WITH_HOOK = { hookNames: ["work"] };

/** Loses the attempts of all workers there are. */
async function loseAll({ sql, store }: SqlDatabase): Promise<void> {
  await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
  await store.tick(newTick());
}

const LIVE = "select state, hook, ended, attempt, hook_tries, held_key from mayfly.live";
const BRIEF = "select id, state, hook, ended from mayfly.live order by id";
const RESULTS = "select outcome, attempt, retry_at is not null as again from mayfly.result order by finished_at, attempt";
/** What a job has that is ready for the hook of its lost attempt. */
const DUE = { state: "ready", hook: "lost", ended: null, attempt: 1, hook_tries: null, held_key: "k" };

onEachPostgres((open) => {
  describe("before a retry", () => {
    test("a lost attempt's hook runs, and the job keeps its key all the while", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{ retries: 1, key: "k" }]);
      await claim(database.store, WITH_HOOK);
      await loseAll(database);
      assert.deepEqual(await database.sql(LIVE), [DUE]);
      assert.deepEqual(await database.sql("select id, key from mayfly.held_key"), [{ id, key: "k" }]);
      const hook = await claim(database.store, WITH_HOOK);
      assert.deepEqual(
        hook.jobs.map((job) => ({ id: job.id, hook: job.hook, hookTries: job.hookTries, attempt: job.attempt })),
        [{ id, hook: "lost", hookTries: 1, attempt: 1 }],
      );
      await claim(database.store, { ...WITH_HOOK, slots: 0, workerId: hook.workerId, settle: [hookDone(id, hook.claimId)] });
      assert.deepEqual(await database.sql("select id, key from mayfly.held_key"), [{ id, key: "k" }]);
      const retry = await claim(database.store, WITH_HOOK);
      assert.deepEqual(
        retry.jobs.map((job) => ({ id: job.id, hook: job.hook, hookTries: job.hookTries, attempt: job.attempt })),
        [{ id, hook: null, hookTries: 0, attempt: 2 }],
      );
      await claim(database.store, { slots: 0, workerId: retry.workerId, settle: [success(id, retry.claimId)] });
      assert.deepEqual(await database.sql(RESULTS), [
        { outcome: "lost", attempt: 1, again: true },
        { outcome: "successful", attempt: 2, again: false },
      ]);
    });

    for (const countsAsAttempt of [true, false]) {
      test(`an attempt that its own worker settles as lost is like one that a rescue finds, where it ${countsAsAttempt ? "counts" : "does not count"}`, async () => {
        const database = await open();
        const [id = ""] = await enqueueEach(database, [{ retries: 1, key: "k" }]);
        const first = await claim(database.store, WITH_HOOK);
        const settlement = lost(id, first.claimId, { retryInMs: 0, countsAsAttempt, hasHook: true });
        await claim(database.store, { slots: 0, workerId: first.workerId, settle: [settlement] });
        const attempt = countsAsAttempt ? 1 : 0;
        assert.deepEqual(await database.sql(LIVE), [{ ...DUE, attempt }]);
        assert.deepEqual(await database.sql("select free_attempts from mayfly.live"), [{ free_attempts: countsAsAttempt ? null : 1 }]);
        const hook = await claim(database.store, WITH_HOOK);
        await claim(database.store, { slots: 0, workerId: hook.workerId, settle: [hookDone(id, hook.claimId)] });
        const retry = await claim(database.store, WITH_HOOK);
        assert.deepEqual(
          retry.jobs.map((job) => ({ hook: job.hook, attempt: job.attempt, freeAttempts: job.freeAttempts })),
          [{ hook: null, attempt: attempt + 1, freeAttempts: countsAsAttempt ? 0 : 1 }],
        );
      });
    }
  });

  describe("a lost attempt", () => {
    test("without a hook is followed by its retry, or is the end", async () => {
      const database = await open();
      const [again = "", over = ""] = await enqueueEach(database, [{}, {}]);
      const { claimId, workerId } = await claim(database.store);
      await claim(database.store, { slots: 0, workerId, settle: [lost(again, claimId, { retryInMs: 0 }), lost(over, claimId)] });
      assert.deepEqual(await database.sql("select id, outcome from mayfly.result order by id"), [
        { id: again, outcome: "lost" },
        { id: over, outcome: "lost" },
      ]);
      assert.deepEqual(await database.sql(BRIEF), [{ id: again, state: "ready", hook: null, ended: null }]);
    });

    test("of a job that is to be cancelled is its end as cancelled, and its hook is the one of a cancel", async () => {
      const database = await open();
      const [first = "", last = ""] = await enqueueEach(database, [{}, {}]);
      const { claimId, workerId } = await claim(database.store, WITH_HOOK);
      for (const id of [first, last]) await database.store.cancel(id);
      const settle = [lost(first, claimId, { retryInMs: 0, hasHook: true }), lost(last, claimId, { hasHook: true })];
      await claim(database.store, { slots: 0, workerId, settle });
      assert.deepEqual(await database.sql("select id, outcome from mayfly.result order by id"), [
        { id: first, outcome: "cancelled" },
        { id: last, outcome: "cancelled" },
      ]);
      assert.deepEqual(await database.sql(BRIEF), [
        { id: first, state: "ready", hook: "cancelled", ended: true },
        { id: last, state: "ready", hook: "cancelled", ended: true },
      ]);
    });

    test("of an idempotent job does not count, five times in a row; then it does", async () => {
      const database = await open();
      await enqueueEach(database, [{ idempotent: true }]);
      const attempts: ({ attempt: number; freeAttempts: number } | undefined)[] = [];
      for (let time = 0; time < 7; time++) {
        const [job] = (await claim(database.store)).jobs;
        attempts.push(job && { attempt: job.attempt, freeAttempts: job.freeAttempts });
        await loseAll(database);
      }
      assert.deepEqual(attempts, [...[0, 1, 2, 3, 4, 5].map((freeAttempts) => ({ attempt: 1, freeAttempts })), undefined]);
      assert.deepEqual(await database.sql("select count(*)::int as n, count(retry_at)::int as again from mayfly.result"), [
        { n: 6, again: 5 },
      ]);
    });

    test("that does not count is one more in a row, and an attempt that counts starts the row anew", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{ idempotent: true, retries: 2 }]);
      const first = await claim(database.store);
      const interrupted = { ...failure(id, first.claimId, 0), countsAsAttempt: false };
      await claim(database.store, { slots: 0, workerId: first.workerId, settle: [interrupted] });
      const second = await claim(database.store);
      assert.equal(second.jobs[0]?.attempt, 1);
      assert.equal(second.jobs[0]?.freeAttempts, 1);
      await claim(database.store, { slots: 0, workerId: second.workerId, settle: [failure(id, second.claimId, 0)] });
      const third = await claim(database.store);
      assert.equal(third.jobs[0]?.attempt, 2);
      assert.equal(third.jobs[0]?.freeAttempts, 0);
    });

    test("keeps its row of free attempts where it is given back, or deferred", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{ idempotent: true }]);
      const first = await claim(database.store);
      const interrupted = { ...failure(id, first.claimId, 0), countsAsAttempt: false };
      await claim(database.store, { slots: 0, workerId: first.workerId, settle: [interrupted] });
      for (const outcome of ["released", "deferred"] as const) {
        const { claimId, workerId } = await claim(database.store);
        await claim(database.store, {
          slots: 0,
          workerId,
          settle: [success(id, claimId, { outcome, retryInMs: 0, countsAsAttempt: false })],
        });
        assert.deepEqual(await database.sql("select attempt, free_attempts from mayfly.live"), [{ attempt: 0, free_attempts: 1 }]);
      }
    });
  });

  describe("after its last attempt", () => {
    test("a job stays for its hook alone, without key, limit and expiry, and goes once that is done", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{ key: "k", runningLimit: 1, expiresMs: 60_000 }]);
      await claim(database.store, WITH_HOOK);
      await loseAll(database);
      assert.deepEqual(await database.sql(LIVE), [{ ...DUE, ended: true, held_key: null }]);
      assert.deepEqual(await database.sql("select running_limit, expires_at from mayfly.live"), [
        { running_limit: null, expires_at: null },
      ]);
      assert.deepEqual(await database.sql("select id from mayfly.held_key"), []);
      const hook = await claim(database.store, WITH_HOOK);
      await claim(database.store, { slots: 0, workerId: hook.workerId, settle: [hookDone(id, hook.claimId)] });
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
      assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "lost" }]);
    });

    test("a failure, and a cancel, leave the job for its hook", async () => {
      const database = await open();
      const [failed = "", cancelled = ""] = await enqueueEach(database, [{}, {}]);
      const { claimId, workerId } = await claim(database.store, WITH_HOOK);
      const settle = [
        { ...failure(failed, claimId), hasHook: true },
        { ...failure(cancelled, claimId), outcome: "cancelled" as const, hasHook: true },
      ];
      await claim(database.store, { slots: 0, workerId, settle });
      assert.deepEqual(await database.sql(BRIEF), [
        { id: failed, state: "ready", hook: "errored", ended: true },
        { id: cancelled, state: "ready", hook: "cancelled", ended: true },
      ]);
    });

    test("without a hook nothing stays", async () => {
      const database = await open();
      await enqueueEach(database, [{}]);
      await claim(database.store);
      await loseAll(database);
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
    });

    test("a job that was never claimed stays until it is known whether there is a hook", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{}]);
      assert.equal(await database.store.cancel(id), "cancelled");
      assert.deepEqual(await database.sql("select id, hook, has_hook, ended from mayfly.live"), [
        { id, hook: "cancelled", has_hook: null, ended: true },
      ]);
    });
  });

  describe("a hook", () => {
    test("that is to be tried again waits, with its tries counted", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{}]);
      await claim(database.store, WITH_HOOK);
      await loseAll(database);
      const first = await claim(database.store, WITH_HOOK);
      await claim(database.store, { slots: 0, workerId: first.workerId, settle: [hookDone(id, first.claimId, 60_000)] });
      assert.deepEqual(await database.sql(LIVE), [{ ...DUE, state: "scheduled", ended: true, hook_tries: 1, held_key: null }]);
      await database.sql("update mayfly.scheduled set run_at = now()");
      assert.equal((await claim(database.store, WITH_HOOK)).jobs[0]?.hookTries, 2);
    });

    test("that is to be tried again at once is ready, with its tries counted", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{}]);
      await claim(database.store, WITH_HOOK);
      await loseAll(database);
      const first = await claim(database.store, WITH_HOOK);
      await claim(database.store, { slots: 0, workerId: first.workerId, settle: [hookDone(id, first.claimId, 0)] });
      const [job] = (await claim(database.store, WITH_HOOK)).jobs;
      assert.equal(job?.hook, "lost");
      assert.equal(job?.hookTries, 2);
    });

    test("of a dead worker is ready at once, without another result", async () => {
      const database = await open();
      await enqueueEach(database, [{}]);
      await claim(database.store, WITH_HOOK);
      await loseAll(database);
      assert.equal((await claim(database.store, WITH_HOOK)).jobs[0]?.hookTries, 1);
      await loseAll(database);
      assert.equal((await claim(database.store, WITH_HOOK)).jobs[0]?.hookTries, 2);
      assert.deepEqual(await database.sql(RESULTS), [{ outcome: "lost", attempt: 1, again: false }]);
    });

    test("given back by its worker has not been tried", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{}]);
      await claim(database.store, WITH_HOOK);
      await loseAll(database);
      const { workerId, claimId } = await claim(database.store, WITH_HOOK);
      const released = success(id, claimId, { outcome: "released", countsAsAttempt: false });
      await claim(database.store, { slots: 0, workerId, settle: [released] });
      assert.equal((await claim(database.store, WITH_HOOK)).jobs[0]?.hookTries, 1);
    });

    test("of a lost attempt, whose job is cancelled meanwhile, is followed by the cancel's hook, and no other attempt", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{ retries: 1, key: "k" }]);
      await claim(database.store, WITH_HOOK);
      await loseAll(database);
      const hook = await claim(database.store, WITH_HOOK);
      assert.equal(await database.store.cancel(id), "requested");
      await claim(database.store, { slots: 0, workerId: hook.workerId, settle: [hookDone(id, hook.claimId)] });
      assert.deepEqual(await database.sql(BRIEF), [{ id, state: "ready", hook: "cancelled", ended: true }]);
      assert.deepEqual(await database.sql("select id from mayfly.held_key"), []);
      const second = await claim(database.store, WITH_HOOK);
      assert.equal(second.jobs[0]?.hookTries, 1);
      await claim(database.store, { slots: 0, workerId: second.workerId, settle: [hookDone(id, second.claimId)] });
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
      assert.deepEqual(await database.sql("select outcome from mayfly.result order by finished_at"), [
        { outcome: "lost" },
        { outcome: "cancelled" },
      ]);
    });

    test("that nobody can run is given up after about a day", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{ name: "unknown" }]);
      await database.store.cancel(id);
      await claim(database.store);
      assert.deepEqual(await database.sql("select reason, parked from mayfly.scheduled"), [{ reason: "parked", parked: 1 }]);
      await database.sql("update mayfly.scheduled set parked = 30, run_at = now()");
      await claim(database.store);
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
      assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "cancelled" }]);
    });
  });
});
