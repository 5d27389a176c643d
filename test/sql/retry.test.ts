/**
 * Running finished jobs again by hand.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { enqueueEach, failure, holdAll, type NewJobFields, newId } from "../support/samples.ts";

/** Runs these again in one call. */
const retryAll = ({ sql }: SqlDatabase, ids: string[], newIds: string[]) =>
  sql<{ outcome: string; job_id: string | null }>("select outcome, job_id from mayfly.retry_v1($1::uuid[], $2::uuid[])", [ids, newIds]);

/** Jobs that have ended as failures. */
async function failedJobs(database: SqlDatabase, jobs: NewJobFields[]): Promise<string[]> {
  const failed: string[] = [];
  for (const job of jobs) {
    const { ids, claimId, settle } = await holdAll(database, [job]);
    await settle(...ids.map((id) => failure(id, claimId)));
    failed.push(...ids);
  }
  return failed;
}

onEachPostgres((open) => {
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
        `select j.id, j.retry_of, j.key, j.exclusive, j.priority, j.retries, j.idempotent, j.timeout_ms, j.source, j.payload, r.attempt
         from mayfly.job j join mayfly.ready r on r.id = j.id`,
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
    assert.deepEqual(await database.sql("select retried_as from mayfly.result where id = $1", [id]), [{ retried_as: again }]);
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
  test("many in one call are each told what came of them, in the call's order", async () => {
    const database = await open();
    const [failed = "", held = "", taken = ""] = await failedJobs(database, [{}, { key: "k" }, {}]);
    const [holder = "", live = ""] = await enqueueEach(database, [{ key: "k" }, {}]);
    const [again, unknown, other] = [newId(), newId(), newId()];
    assert.deepEqual(await retryAll(database, [live, taken, held, unknown, failed], [other, live, newId(), newId(), again]), [
      { outcome: "live", job_id: live },
      { outcome: "conflict", job_id: live },
      { outcome: "blocked", job_id: holder },
      { outcome: "unknown", job_id: null },
      { outcome: "enqueued", job_id: again },
    ]);
    assert.deepEqual(await database.sql("select id, retry_of from mayfly.job where retry_of is not null"), [
      { id: again, retry_of: failed },
    ]);
  });

  test("the same job twice in one call is enqueued once, and so is the same new id", async () => {
    const database = await open();
    const [twice = "", first = "", second = ""] = await failedJobs(database, [{}, {}, {}]);
    const [again, same] = [newId(), newId()];
    assert.deepEqual(await retryAll(database, [twice, twice, second, first], [again, newId(), same, same]), [
      { outcome: "enqueued", job_id: again },
      { outcome: "already", job_id: again },
      { outcome: "enqueued", job_id: same },
      { outcome: "conflict", job_id: same },
    ]);
  });

  test("jobs of one key in one call: the first of the call takes it, and holds up the others", async () => {
    const database = await open();
    const [older = "", newer = ""] = await failedJobs(database, [{ key: "k" }, { key: "k" }]);
    const again = newId();
    assert.deepEqual(await retryAll(database, [newer, older], [again, newId()]), [
      { outcome: "enqueued", job_id: again },
      { outcome: "blocked", job_id: again },
    ]);
  });

  test("jobs that are run again keep the order of the call", async () => {
    const database = await open();
    const [first = "", second = ""] = await failedJobs(database, [{}, {}]);
    const [one, two] = [newId(), newId()];
    await retryAll(database, [second, first], [two, one]);
    assert.deepEqual(await database.sql("select id from mayfly.ready order by ready_at"), [{ id: two }, { id: one }]);
  });

  for (const [what, limited] of [
    ["a limit of live jobs", { limit: 2 }],
    ["a limit of live jobs for its key", { limit: 2, key: "k" }],
    ["an expectation", { expect: { pending: 9, running: 9 } }],
    ["a running limit", { runningLimit: 2 }],
  ] as [string, NewJobFields][]) {
    test(`a job that is run again counts where it counted before: under ${what}`, async () => {
      const database = await open();
      const [id = ""] = await failedJobs(database, [limited]);
      assert.equal((await database.store.retry(id, newId())).outcome, "enqueued");
      const key = limited.key ?? null;
      assert.deepEqual(await database.store.liveCounts([{ name: "work", key }]), [{ pending: 1, running: 0 }]);
    });
  }

  test("a job without key and limit counts nowhere when it is run again", async () => {
    const database = await open();
    const [id = ""] = await failedJobs(database, [{}]);
    await database.store.retry(id, newId());
    assert.deepEqual(await database.sql("select id from mayfly.held_key"), []);
  });
});
