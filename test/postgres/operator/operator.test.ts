/**
 * The operator's side, every branch of every statement.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { OperatorClient } from "../../../src/operate/operator-client.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { useDatabase } from "../../support/database.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";
import { idOfDaysAgo, writeFinished } from "../../support/finished.ts";
import { oneOfEach } from "../../support/one-of-each.ts";
import { claim, newId, newJob, newTick, newTurn, success } from "../../support/samples.ts";

const NONE = {
  ready: 0,
  scheduled: 0,
  running: 0,
  throttled: 0,
  parked: 0,
  hooks: 0,
  successful: 0,
  errored: 0,
  cancelled: 0,
  lost: 0,
  deferred: 0,
};

function operatorOf({ driver }: SqlDatabase): OperatorClient {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
}

async function results({ sql }: SqlDatabase) {
  return await sql<{ id: string; claim_id: string | null; outcome: string; reason: string }>(
    "select id, nullif(claim_id, '00000000-0000-0000-0000-000000000000') as claim_id, outcome, error ->> 'name' as reason from mayfly.result order by finished_at, id",
  );
}

onEachPostgres((open) => {
  describe("stats", () => {
    test("count each live job once, finished attempts by outcome, paused queues, workers", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const usage = { roundTrips: 0, jobs: 0, bytes: 0, ms: 0, awakeMs: 0 };
      assert.deepEqual(await operator.stats(), { queues: [], workers: { alive: 0, stale: 0 }, usage });

      await oneOfEach(database);
      await operator.pauseQueue("quiet");
      await database.sql("insert into mayfly.worker (id, heartbeat_at) values ($1, now() - interval '91 seconds')", [newId()]);
      const outcomes = ["successful", "cancelled", "lost", "deferred"] as const;
      await writeFinished(
        database.sql,
        outcomes.map((outcome) => ({ outcome, queue: "mail" })),
      );
      const stats = await operator.stats();
      const pausedAt = stats.queues.find(({ queue }) => queue === "quiet")?.pausedAt ?? "";
      assert.match(pausedAt, /^\d{4}-\d\d-\d\dT/);
      assert.deepEqual(stats, {
        queues: [
          { queue: "default", ...NONE, ready: 1, scheduled: 1, running: 1, throttled: 1, parked: 1, hooks: 1, errored: 1 },
          { queue: "mail", ...NONE, successful: 1, cancelled: 1, lost: 1, deferred: 1 },
          { queue: "quiet", pausedAt, ...NONE },
        ],
        workers: { alive: 1, stale: 1 },
        usage: stats.usage,
      });
    });
  });

  describe("purge", () => {
    test("ends all that lives, running too, with a last result each; its worker finds its claim gone", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const { limited, hooked, claimId, workerId } = await oneOfEach(database);
      const [first] = limited;
      const before = (await results(database)).length;
      assert.deepEqual(await operator.purge(), { ended: 5, removed: 1 });
      assert.deepEqual(await operator.purge(), { ended: 0, removed: 0 });
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
      const written = (await results(database)).slice(before);
      assert.equal(written.length, 5);
      assert.ok(written.every(({ outcome, reason, id }) => outcome === "cancelled" && reason === "PurgedError" && id !== hooked.id));
      assert.deepEqual(
        written.filter(({ claim_id }) => claim_id !== null).map(({ id, claim_id }) => [id, claim_id]),
        [[first?.id, claimId]],
      );
      const late = await database.store.turn(newTurn({ workerId, slots: 0, settle: [success(first?.id ?? "", claimId)] }));
      assert.deepEqual(late.rejections, [{ id: first?.id, claimId, reason: "claim_lost" }]);
    });

    test("one queue only, a slice at a time; one that runs its hook before a retry ends without that claim", async () => {
      const database = await open();
      const { store, sql } = database;
      const operator = operatorOf(database);
      const kept = newJob({ queue: "kept" });
      const hooking = newJob({ retries: 1 });
      await store.enqueue([hooking, kept]);
      const { workerId } = await claim(store, { hookNames: ["work"] });
      await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour' where id = $1", [workerId]);
      await store.tick(newTick());
      const again = await claim(store, { hookNames: ["work"] });
      assert.deepEqual(
        again.jobs.map(({ id, hook }) => [id, hook]),
        [[hooking.id, "lost"]],
      );
      await store.enqueue([newJob(), newJob()]);

      assert.deepEqual(await operator.purge({ queue: "default", limit: 2 }), { ended: 2, removed: 0 });
      assert.deepEqual(await operator.purge({ queue: "default", limit: 2 }), { ended: 1, removed: 0 });
      assert.deepEqual(await operator.purge({ queue: "default", limit: 2 }), { ended: 0, removed: 0 });
      assert.deepEqual(await sql("select id from mayfly.live"), [{ id: kept.id }]);
      const own = (await results(database)).filter(({ id }) => id === hooking.id);
      assert.deepEqual(
        own.map(({ outcome, claim_id }) => [outcome, claim_id !== null]),
        [
          ["lost", true],
          ["cancelled", false],
        ],
      );
    });

    test("refuses what makes no sense", async () => {
      const operator = operatorOf(await open());
      for (const limit of [0, 10_001, 1.5]) await assert.rejects(operator.purge({ limit }), { code: "invalid_options" });
      for (const queue of ["", "q".repeat(256)]) await assert.rejects(operator.purge({ queue }), { code: "invalid_options" });
    });
  });

  describe("pauses and schedules", () => {
    test("a queue", async () => {
      const database = await open();
      const operator = operatorOf(database);
      await database.store.enqueue([newJob()]);
      await operator.pauseQueue("default");
      assert.equal((await claim(database.store)).jobs.length, 0);
      await operator.resumeQueue("default");
      await operator.resumeQueue("never paused");
      assert.equal((await claim(database.store)).jobs.length, 1);
      assert.equal((await operator.stats()).queues[0]?.pausedAt, undefined);
      await assert.rejects(operator.pauseQueue(""), { code: "invalid_options" });
      await assert.rejects(operator.resumeQueue(""), { code: "invalid_options" });
    });

    test("a schedule of one application", async () => {
      const { store, sql, ...database } = await open();
      const operator = operatorOf({ store, sql, ...database });
      assert.deepEqual(await operator.schedules(), []);
      const definition = { when: "0 9 * * *", missed: "once" };
      await store.announceSchedules({ application: "app", hash: "h" }, [
        { name: "daily", nextAt: "2030-01-01T09:00:00Z", definition },
        { name: "over", nextAt: null, definition },
      ]);
      const jobId = newId();
      await sql("update mayfly.schedule set last_at = '2029-12-31T09:00:00Z', last_job_id = $1 where name = 'over'", [jobId]);
      assert.equal(await operator.pauseSchedule("app", "daily"), true);
      const [daily, over] = await operator.schedules();
      const { nextAt, pausedAt, ...rest } = daily ?? { application: "", name: "", definition: null };
      assert.deepEqual(rest, { application: "app", name: "daily", definition });
      assert.equal(Date.parse(nextAt ?? ""), Date.UTC(2030, 0, 1, 9));
      assert.ok(Date.parse(pausedAt ?? "") > 0);
      const { lastAt, ...ended } = over ?? { application: "", name: "", definition: null };
      assert.deepEqual(ended, { application: "app", name: "over", lastJobId: jobId, definition });
      assert.equal(Date.parse(lastAt ?? ""), Date.UTC(2029, 11, 31, 9));

      assert.equal(await operator.resumeSchedule("app", "daily"), true);
      assert.equal((await operator.schedules())[0]?.pausedAt, undefined);
      assert.equal(await operator.pauseSchedule("other", "daily"), false);
      assert.equal(await operator.resumeSchedule("app", "unheard of"), false);
    });
  });
});

describe("beside others, which only a server has", () => {
  const database = useDatabase();

  test("the longest transaction is told, without what it ran; partitions that it reads are kept by a clear", async () => {
    const operator = operatorOf(database);
    await writeFinished(database.sql, [{ id: await idOfDaysAgo(database.sql, 20), finishedDaysAgo: 20 }]);
    const reader = await database.pool.connect();
    await reader.query("set application_name = 'reader'");
    await reader.query("begin");
    await reader.query("select count(*) from mayfly.result");
    const { longestTransaction } = await operator.diagnose();
    assert.ok((longestTransaction?.ageMs ?? -1) >= 0);
    assert.deepEqual({ ...longestTransaction, ageMs: 0 }, { ageMs: 0, application: "reader", state: "idle in transaction" });
    assert.deepEqual(await operator.clear(), { emptied: 0, kept: 1, deleted: 0 });
    await reader.query("commit");
    reader.release();
    assert.deepEqual(await operator.clear(), { emptied: 1, kept: 0, deleted: 0 });
  });

  test("jobs that somebody holds are left for the next slice", async () => {
    const operator = operatorOf(database);
    const [held, free] = [newJob(), newJob()];
    await database.store.enqueue([held, free]);
    const other = await database.pool.connect();
    await other.query("begin");
    await other.query("select from mayfly.ready where id = $1 for update", [held.id]);
    assert.deepEqual(await operator.purge(), { ended: 1, removed: 0 });
    await other.query("commit");
    other.release();
    assert.deepEqual(await operator.purge(), { ended: 1, removed: 0 });
  });
});
