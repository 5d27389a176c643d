/**
 * Ending jobs from outside: cancel and expiry.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, hookDone, housekeep, newId, newJob, newTick, success } from "../support/samples.ts";

const ENDS = "select outcome, error ->> 'name' as error, retry_at from mayfly.result order by finished_at";

/** How the attempts of a job ended, the latest last. */
const outcomesOf = async ({ sql }: SqlDatabase, id: string) =>
  (await sql<{ outcome: string }>("select outcome from mayfly.result where id = $1 order by finished_at", [id])).map(
    ({ outcome }) => outcome,
  );

const silenceAll = ({ sql }: SqlDatabase) => sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");

onEachPostgres((open) => {
  test("a waiting job is cancelled at once and for good, and its key is free", async () => {
    const database = await open();
    const [ready = "", scheduled = ""] = await enqueueEach(database, [{ key: "k" }, { delayMs: 60_000 }]);
    assert.deepEqual([await database.store.cancel(ready), await database.store.cancel(scheduled)], ["cancelled", "cancelled"]);
    assert.deepEqual([await database.store.cancel(ready), await database.store.cancel(scheduled)], ["cancelled", "cancelled"]);
    assert.deepEqual(
      (await database.store.enqueue([newJob({ key: "k" }), newJob({ id: ready })])).map(({ outcome }) => outcome),
      ["enqueued", "duplicate"],
    );
    assert.deepEqual(await database.sql("select outcome, error from mayfly.result where id = $1", [ready]), [
      { outcome: "cancelled", error: { name: "CancelledError", message: "cancelled before it ran" } },
    ]);
  });

  test("a cancelled job whose handler is known to have no hook is gone at once", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{ retries: 1 }]);
    await settle(failure(ids[0] ?? "", claimId, 60_000));
    assert.equal(await database.store.cancel(ids[0] ?? ""), "cancelled");
    assert.deepEqual(await database.sql("select id from mayfly.live"), []);
    assert.deepEqual(await outcomesOf(database, ids[0] ?? ""), ["errored", "cancelled"]);
  });

  test("a running job is asked to stop, and no other attempt follows, whatever its worker says", async () => {
    const database = await open();
    const { ids, claimId, settle, workerId } = await holdAll(database, [{ retries: 3 }, { retries: 3 }, { retries: 3 }, {}]);
    for (const id of ids) assert.equal(await database.store.cancel(id), "requested");
    const { report } = await claim(database.store, { workerId, slots: 0 });
    assert.deepEqual([...(report?.cancels ?? [])].sort(), [...ids].sort());
    const [retried = "", deferred = "", released = "", done = ""] = ids;
    const { rejections } = await settle(
      failure(retried, claimId, 0),
      success(deferred, claimId, { outcome: "deferred", retryInMs: 1_000, countsAsAttempt: false }),
      success(released, claimId, { outcome: "released", countsAsAttempt: false }),
      success(done, claimId),
    );
    assert.deepEqual(rejections, []);
    assert.deepEqual(await outcomesOf(database, retried), ["cancelled"]);
    assert.deepEqual(await outcomesOf(database, deferred), ["cancelled"]);
    assert.deepEqual(await outcomesOf(database, done), ["successful"]);
    const next = await claim(database.store);
    assert.deepEqual(
      next.jobs.map(({ id }) => id),
      [released],
    );
    assert.deepEqual(next.report?.cancels, [released]);
    assert.equal(await database.store.cancel(done), "finished");
  });

  test("cancelled while its hook is due, a job has that hook, and then the one of its cancel, and no other attempt", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{ retries: 3 }]);
    await claim(database.store, { hookNames: ["work"] });
    await silenceAll(database);
    await database.store.tick(newTick());
    assert.equal(await database.store.cancel(id), "requested");
    const hook = await claim(database.store, { hookNames: ["work"] });
    assert.equal(hook.jobs[0]?.hook, "lost");
    await claim(database.store, { slots: 0, workerId: hook.workerId, settle: [hookDone(id, hook.claimId)] });
    const last = await claim(database.store, { hookNames: ["work"] });
    assert.equal(last.jobs[0]?.hook, "cancelled");
    await claim(database.store, { slots: 0, workerId: last.workerId, settle: [hookDone(id, last.claimId)] });
    assert.deepEqual(await outcomesOf(database, id), ["lost", "cancelled"]);
    assert.deepEqual(await database.sql("select id from mayfly.live"), []);
  });

  test("a job whose last hook is due has finished: there is nothing to cancel", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{}]);
    await settle({ ...failure(ids[0] ?? "", claimId), hasHook: true });
    assert.equal(await database.store.cancel(ids[0] ?? ""), "finished");
    assert.equal(await database.store.cancel(newId()), "unknown");
  });

  test("a job that waits past its expiry ends as cancelled, whoever finds it: a turn at its head, or a tick", async () => {
    const database = await open();
    const past = new Date(Date.now() - 60_000).toISOString();
    const [found = "", fresh = ""] = await enqueueEach(database, [{ expiresAt: past }, { expiresMs: 60_000 }]);
    const { jobs, setAside } = await claim(database.store);
    const claimed = jobs.map(({ id, hook }) => [id, hook]);
    assert.deepEqual([claimed.sort(), setAside], [[[fresh, null] as unknown[], [found, "cancelled"]].sort(), 1]);
    await enqueueEach(database, [
      { expiresAt: past, key: "k" },
      { expiresAt: past, delayMs: 60_000 },
    ]);
    assert.equal((await housekeep(database)).expired, 2);
    assert.deepEqual(
      await database.sql(ENDS),
      [1, 2, 3].map(() => ({ outcome: "cancelled", error: "ExpiredError", retry_at: null })),
    );
    assert.deepEqual(await database.sql("select error ->> 'message' as message from mayfly.result where id = $1", [found]), [
      { message: "expired before it ran" },
    ]);
    assert.deepEqual((await database.store.enqueue([newJob({ key: "k" })]))[0]?.outcome, "enqueued");
  });

  test("expiry counts from when a job is due; running and hooks are not waiting", async () => {
    const database = await open();
    const [delayed = "", running = ""] = await enqueueEach(database, [{ delayMs: 60_000, expiresMs: 30_000 }, { expiresMs: 30_000 }]);
    const times = "select round(extract(epoch from expires_at - run_at))::int as after from mayfly.scheduled where id = $1";
    assert.deepEqual(await database.sql(times, [delayed]), [{ after: 30 }]);
    await claim(database.store, { hookNames: ["work"] });
    await database.sql("update mayfly.running set expires_at = now() - interval '1 second', retries = 1 where id = $1", [running]);
    assert.equal((await housekeep(database)).expired, 0);
    await silenceAll(database);
    assert.equal((await database.store.tick(newTick())).maintenanceDue, false);
    assert.equal((await housekeep(database)).expired, 0);
    assert.equal((await claim(database.store)).jobs[0]?.hook, "lost");
  });

  test("expired jobs are ended a slice at a time", async () => {
    const database = await open();
    const expiresAt = new Date(Date.now() - 60_000).toISOString();
    await database.store.enqueue([1, 2, 3].map(() => newJob({ expiresAt })));
    const slices: unknown[] = [];
    for (let slice = 0; slice < 2; slice++) {
      const { expired, more } = await housekeep(database, null, 2);
      slices.push([expired, more]);
    }
    assert.deepEqual(slices, [
      [2, true],
      [1, false],
    ]);
  });

  test("the hook of a cancelled job is claimed where its definition's time-out fits, whatever time-out the job had of its own", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{ timeoutMs: 3_600_000 }]);
    await database.store.cancel(id);
    const { jobs, setAside } = await claim(database.store, { hookNames: ["work"], maxTimeoutMs: 60_000 });
    assert.deepEqual([jobs.map((job) => [job.id, job.hook]), setAside], [[[id, "cancelled"]], 0]);
  });
});
