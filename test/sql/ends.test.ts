/**
 * However a job ends, nothing of it is left: its key is free, its cancel forgotten, and its place under a running limit goes to the next job.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Settlement } from "../../src/store/settlement.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, failure, housekeep, newJob, newTick, success } from "../support/samples.ts";

/** Ends all jobs that run, or that wait. */
const ENDS: readonly [
  how: string,
  from: "running" | "waiting",
  end: (database: SqlDatabase, ids: readonly string[]) => Promise<unknown>,
][] = [
  ["a success", "running", (database) => settleAll(database, success)],
  ["an output", "running", (database) => settleAll(database, (id, claimId) => success(id, claimId, { output: 1 }))],
  ["a failure", "running", (database) => settleAll(database, failure)],
  [
    "a rescue",
    "running",
    async ({ store, sql }) => {
      await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      return store.tick(newTick());
    },
  ],
  ["a purge", "running", ({ sql }) => sql("select mayfly.purge_v1(null, 100)")],
  ["a purge", "waiting", ({ sql }) => sql("select mayfly.purge_v1(null, 100)")],
  ["a cancel", "waiting", ({ store }, ids) => Promise.all(ids.map((id) => store.cancel(id)))],
  [
    "its expiry",
    "waiting",
    async (database) => {
      await database.sql("update mayfly.ready set expires_at = now()");
      await database.sql("update mayfly.scheduled set expires_at = now()");
      return housekeep(database);
    },
  ],
];

async function settleAll({ store, sql }: SqlDatabase, settlement: (id: string, claimId: string) => Settlement): Promise<void> {
  const running = await sql<{ id: string; claim_id: string; worker_id: string }>("select id, claim_id, worker_id from mayfly.running");
  for (const { id, claim_id, worker_id } of running) {
    const { rejections } = await claim(store, { workerId: worker_id, slots: 0, settle: [settlement(id, claim_id)] });
    assert.deepEqual(rejections, []);
  }
}

onEachPostgres((open) => {
  describe("the end of a job", () => {
    for (const [how, from, end] of ENDS) {
      test(`frees its key, and its place under a limit of live jobs: ${how}, while ${from}`, async () => {
        const database = await open();
        const jobs = [newJob({ key: "k" }), newJob({ key: "l", limit: 1 })];
        await database.store.enqueue(jobs);
        if (from === "running") await claim(database.store);
        await end(
          database,
          jobs.map(({ id }) => id),
        );
        assert.deepEqual(await database.sql("select id from mayfly.held_key"), []);
        const again = await database.store.enqueue([newJob({ key: "k" }), newJob({ key: "l", limit: 1 })]);
        assert.deepEqual(
          again.map(({ outcome }) => outcome),
          ["enqueued", "enqueued"],
        );
      });

      test(`leaves the key of a job that took it since: ${how}, while ${from}`, async () => {
        const database = await open();
        const old = newJob({ key: "k" });
        await database.store.enqueue([old]);
        if (from === "running") await claim(database.store);
        const next = newJob();
        await database.sql("update mayfly.held_key set id = $1", [next.id]);
        await end(database, [old.id]);
        assert.deepEqual(await database.sql("select id from mayfly.held_key"), [{ id: next.id }]);
      });
    }

    for (const [how, , end] of ENDS.filter(([, from]) => from === "running")) {
      test(`lets the next job in under a running limit: ${how}`, async () => {
        const database = await open();
        const [first, second] = [newJob({ key: "k", runningLimit: 1 }), newJob({ key: "k", runningLimit: 1, queue: "other" })];
        await database.store.enqueue([first]);
        await claim(database.store);
        await database.store.enqueue([second]);
        assert.equal((await claim(database.store, { queues: ["other"] })).setAside, 1);
        if (how === "a purge") await database.sql("select mayfly.purge_v1('default', 100)");
        else await end(database, [first.id]);
        assert.deepEqual(await database.sql("select id from mayfly.ready"), [{ id: second.id }]);
      });
    }
  });

  test("a parked job expires, and its key is free", async () => {
    const database = await open();
    await database.store.enqueue([newJob({ key: "k", name: "unknown", expiresMs: 60_000 })]);
    assert.equal((await claim(database.store)).setAside, 1);
    await database.sql("update mayfly.scheduled set expires_at = now()");
    assert.equal((await database.store.tick(newTick())).maintenanceDue, true);
    assert.equal((await housekeep(database)).expired, 1);
    assert.equal((await database.store.enqueue([newJob({ key: "k", name: "unknown" })]))[0]?.outcome, "enqueued");
  });

  test("what a worker finishes after a purge is rejected: its claim is lost", async () => {
    const database = await open();
    const job = newJob();
    await database.store.enqueue([job]);
    const { claimId, workerId } = await claim(database.store);
    await database.sql("select mayfly.purge_v1(null, 100)");
    const { rejections } = await claim(database.store, { workerId, slots: 0, settle: [success(job.id, claimId)] });
    assert.deepEqual(rejections, [{ id: job.id, claimId, reason: "claim_lost" }]);
  });

  test("limits without room do not keep a limit behind them from its turn", async () => {
    const database = await open();
    const limited = ["a", "b", "c"].map((key) => ({ key, runningLimit: 1 }));
    await database.store.enqueue(limited.map((more) => newJob(more)));
    await claim(database.store);
    await database.store.enqueue(limited.map((more) => newJob(more)));
    assert.equal((await claim(database.store)).setAside, 3);
    // A place that nobody gave back.
    await database.sql("delete from mayfly.running where held_key = 'c'");
    for (const more of [true, false]) assert.equal((await housekeep(database, null, 1)).more, more);
    assert.deepEqual(await database.sql("select held_key from mayfly.ready"), [{ held_key: "c" }]);
  });
});
