/**
 * Ending jobs from outside: cancel, expiry, and running one again by hand.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachPostgres } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, hooked, newId, newJob, newLook, success } from "../support/samples.ts";

const LAST = "select outcome, error ->> 'name' as error, retry_at from mayfly.result order by finished_at";

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
    const { attempts } = (await database.store.job(ready)) ?? {};
    assert.deepEqual(
      attempts?.map(({ outcome, error }) => [outcome, error]),
      [["cancelled", { name: "CancelledError", message: "cancelled before it ran" }]],
    );
  });

  test("a cancelled job whose handler is known to have no hook is gone at once", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{ retries: 1 }]);
    await settle(failure(ids[0] ?? "", claimId, 60_000));
    assert.equal(await database.store.cancel(ids[0] ?? ""), "cancelled");
    assert.deepEqual(await database.sql("select id from mayfly.job"), []);
    assert.deepEqual(
      (await database.sql<{ outcome: string }>(LAST)).map(({ outcome }) => outcome),
      ["errored", "cancelled"],
    );
  });

  test("a running job is asked to stop, and no other attempt follows, whatever its worker says", async () => {
    const database = await open();
    const { ids, claimId, settle, workerId } = await holdAll(database, [{ retries: 3 }, { retries: 3 }, { retries: 3 }, {}]);
    for (const id of ids) assert.equal(await database.store.cancel(id), "requested");
    assert.deepEqual([...(await claim(database.store, { workerId, slots: 0 })).cancels].sort(), [...ids].sort());
    const [retried = "", deferred = "", released = "", done = ""] = ids;
    const { verdicts } = await settle(
      failure(retried, claimId, 0),
      success(deferred, claimId, { outcome: "deferred", retryInMs: 1_000, countsAsAttempt: false }),
      success(released, claimId, { outcome: "released", countsAsAttempt: false }),
      success(done, claimId),
    );
    assert.deepEqual(verdicts, []);
    assert.equal((await database.store.job(retried))?.state, "cancelled");
    assert.equal((await database.store.job(deferred))?.state, "cancelled");
    assert.equal((await database.store.job(done))?.state, "successful");
    const { jobs } = await claim(database.store);
    assert.deepEqual(
      jobs.map(({ id, cancelRequested }) => [id, cancelRequested]),
      [[released, true]],
    );
    assert.equal(await database.store.cancel(done), "finished");
  });

  test("cancelled while its hook is due, a job has that hook, and then no other attempt", async () => {
    const database = await open();
    const [id = ""] = await enqueueEach(database, [{ retries: 3 }]);
    await claim(database.store, { hooked: ["work"] });
    await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
    await database.store.look(newLook());
    assert.equal(await database.store.cancel(id), "requested");
    const hook = await claim(database.store, { hooked: ["work"] });
    assert.equal(hook.jobs[0]?.hook, "lost");
    await claim(database.store, { slots: 0, workerId: hook.workerId, settle: [hooked(id, hook.claimId)] });
    const [job] = (await claim(database.store)).jobs;
    assert.deepEqual([job?.hook, job?.cancelRequested], [null, true]);
  });

  test("a job whose last hook is due has finished: there is nothing to cancel", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{}]);
    await settle({ ...failure(ids[0] ?? "", claimId), hook: true });
    assert.equal(await database.store.cancel(ids[0] ?? ""), "finished");
    assert.equal(await database.store.cancel(newId()), "unknown");
  });

  test("a job that waits past its expiry ends as cancelled, whoever finds it: a turn at its head, or a tick", async () => {
    const database = await open();
    const past = new Date(Date.now() - 60_000).toISOString();
    const [found = "", fresh = ""] = await enqueueEach(database, [{ expiresAt: past }, { expiresMs: 60_000 }]);
    const { jobs, parked } = await claim(database.store);
    const claimed = jobs.map(({ id, hook }) => [id, hook]);
    assert.deepEqual([claimed.sort(), parked], [[[fresh, null] as unknown[], [found, "cancelled"]].sort(), 1]);
    await enqueueEach(database, [
      { expiresAt: past, key: "k" },
      { expiresAt: past, delayMs: 60_000 },
    ]);
    assert.equal((await database.store.look(newLook({ queues: [] }))).expired, 2);
    assert.deepEqual(
      await database.sql(LAST),
      [1, 2, 3].map(() => ({ outcome: "cancelled", error: "ExpiredError", retry_at: null })),
    );
    assert.equal((await database.store.job(found))?.attempts[0]?.error?.message, "expired before it ran");
    assert.deepEqual((await database.store.enqueue([newJob({ key: "k" })]))[0]?.outcome, "enqueued");
  });

  test("expiry counts from when a job is due; running and hooks are not waiting", async () => {
    const database = await open();
    const [delayed = "", running = ""] = await enqueueEach(database, [{ delayMs: 60_000, expiresMs: 30_000 }, { expiresMs: 30_000 }]);
    const times = "select round(extract(epoch from expires_at - run_at))::int as after from mayfly.job where id = $1";
    assert.deepEqual(await database.sql(times, [delayed]), [{ after: 30 }]);
    await claim(database.store, { hooked: ["work"] });
    await database.sql("update mayfly.job set expires_at = now() - interval '1 second', retries = 1 where id = $1", [running]);
    assert.equal((await database.store.look(newLook())).expired, 0);
    await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
    assert.deepEqual([(await database.store.look(newLook())).expired, (await claim(database.store)).jobs[0]?.hook], [0, "lost"]);
  });

  test("expired jobs are ended a slice at a time", async () => {
    const database = await open();
    const expiresAt = new Date(Date.now() - 60_000).toISOString();
    await database.store.enqueue([1, 2, 3].map(() => newJob({ expiresAt })));
    const slices: unknown[] = [];
    for (let slice = 0; slice < 2; slice++) {
      const { expired, more } = await database.store.look(newLook({ most: 2 }));
      slices.push([expired, more]);
    }
    assert.deepEqual(slices, [
      [2, true],
      [1, false],
    ]);
  });

  test("a finished job is run again by hand once, as a new job with all it had, that names the old one", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [
      { key: "k", priority: 3, retries: 2, idempotent: true, timeoutMs: 5_000, source: "s", payload: { n: 1 } },
    ]);
    const [id = ""] = ids;
    const again = newId();
    assert.deepEqual(await database.store.retry(id, again), { outcome: "live", id });
    await settle(failure(id, claimId));
    assert.deepEqual(await database.store.retry(id, again), { outcome: "enqueued", id: again });
    assert.deepEqual(await database.store.retry(id, again), { outcome: "enqueued", id: again }, "a repeat answers the same");
    assert.deepEqual(await database.store.retry(id, newId()), { outcome: "already", id: again });
    assert.deepEqual(
      await database.sql(
        "select id, retry_of, concurrency_key as key, exclusive, priority, retries, idempotent, timeout_ms, source, payload, attempt from mayfly.job",
      ),
      [
        {
          id: again,
          retry_of: id,
          key: "k",
          exclusive: true,
          priority: 3,
          retries: 2,
          idempotent: true,
          timeout_ms: 5_000,
          source: "s",
          payload: { n: 1 },
          attempt: 0,
        },
      ],
    );
    assert.equal((await database.store.job(id))?.attempts[0]?.retriedAs, again);
    assert.deepEqual(await database.store.retry(newId(), newId()), { outcome: "unknown" });
  });

  test("a retry by hand whose key is held says by whom, and may be asked for again", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{ key: "k" }]);
    await settle(failure(ids[0] ?? "", claimId));
    const [holder = ""] = await enqueueEach(database, [{ key: "k" }]);
    assert.deepEqual(await database.store.retry(ids[0] ?? "", newId()), { outcome: "blocked", id: holder });
    await database.store.cancel(holder);
    assert.equal((await database.store.retry(ids[0] ?? "", newId())).outcome, "enqueued");
  });

  test("the latest of several attempts is the one retried by hand, also a cancelled one that never ran", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{ retries: 1 }]);
    const [id = ""] = ids;
    await settle(failure(id, claimId, 60_000));
    await database.store.cancel(id);
    assert.equal((await database.store.retry(id, newId())).outcome, "enqueued");
    assert.deepEqual(await database.sql("select outcome from mayfly.result where retried_as is not null"), [{ outcome: "cancelled" }]);
  });
});
