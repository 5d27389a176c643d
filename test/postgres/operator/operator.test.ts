/**
 * The operator's side, every branch of every statement.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { OperatorClient } from "../../../src/operate/operator-client.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { schemaVersion } from "../../../src/postgres/sql/schema-version.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../../support/database.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";
import { idOfDaysAgo, writeFinished } from "../../support/finished.ts";
import { claim, failure, newId, newJob, newTick, newTurn, success } from "../../support/samples.ts";

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

/** One job in each state: running with a limit and one throttled behind it, parked, scheduled, ready, one that waits for its hook. */
async function oneOfEach({ store, sql }: SqlDatabase) {
  const limited = [newJob({ runningLimit: 1, key: "k" }), newJob({ runningLimit: 1, key: "k" })];
  await store.enqueue([...limited, newJob({ name: "strange" })]);
  const { claimId, workerId } = await claim(store);
  const hooked = newJob({ name: "hooked" });
  await store.enqueue([hooked]);
  const taken = await claim(store, { names: ["hooked"], hookNames: ["hooked"], park: false });
  const settle = [{ ...failure(hooked.id, taken.claimId), hasHook: true }];
  await store.turn(newTurn({ workerId: taken.workerId, slots: 0, settle, leave: true }));
  await store.enqueue([newJob({ delayMs: 60_000 }), newJob()]);
  await sql("update mayfly.worker set runtime = null where left_at is not null");
  return { limited, hooked, claimId, workerId };
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

  describe("a diagnosis", () => {
    test("finds nothing where there is nothing", async () => {
      const database = await open();
      await database.sql("truncate mayfly.job, mayfly.result");
      const { deadRows, longestTransaction, ...diagnosis } = await operatorOf(database).diagnose();
      assert.deepEqual(diagnosis, {
        schema: { version: schemaVersion, known: schemaVersion, tooNew: false },
        lastSeenMs: null,
        ready: [],
        staleWorkers: [],
        parked: [],
        throttled: [],
        partitions: { used: 0, past: 0, stragglers: 0 },
        failedDuties: [],
      });
      assert.ok(Array.isArray(deadRows));
      assert.equal(longestTransaction, undefined);
    });

    test("finds what waits, is stale, parked, throttled without need, or beyond its time", async () => {
      const database = await open();
      const { sql } = database;
      const { workerId } = await oneOfEach(database);
      await sql("update mayfly.scheduled set running_limit = 2 where run_at is null");
      await sql("update mayfly.ready set ready_at = now() - interval '1 hour'");
      await sql("update mayfly.scheduled set ready_at = now() - interval '1 hour' where reason = 'parked'");
      await sql("update mayfly.worker set heartbeat_at = now() - interval '2 hours', runtime = 'lambda' where id = $1", [workerId]);
      await sql("update mayfly.worker set heartbeat_at = now() - interval '3 hours' where id <> $1", [workerId]);
      // A tick was seen after these.
      await sql("insert into mayfly.schedule_set (application, hash, seen_at) values ('app', 'h', now() - interval '1 minute')");
      await operatorOf(database).pauseQueue("default");
      const [past, straggler] = [await idOfDaysAgo(sql, 20), await idOfDaysAgo(sql, 30)];
      await writeFinished(sql, [{ id: past, finishedDaysAgo: 20 }]);
      await database.store.enqueue([newJob({ id: straggler, queue: "quiet" })]);
      await sql("update mayfly.duty set failed_at = now(), sql_state = '42501', message = 'permission denied' where name = 'retention'");
      const diagnosis = await operatorOf(database).diagnose();
      const hour = (ms = 0) => Math.floor(ms / 3_600_000);
      assert.deepEqual(
        diagnosis.ready.map(({ waitingMs, ...rest }) => ({ ...rest, hours: hour(waitingMs) })),
        [
          { queue: "default", paused: true, jobs: 2, hours: 1 },
          { queue: "quiet", paused: false, jobs: 1, hours: 0 },
        ],
      );
      assert.deepEqual(
        diagnosis.staleWorkers.map(({ silentMs, ...rest }) => ({ ...rest, hours: hour(silentMs) })),
        [{ id: workerId, runtime: "lambda", running: 1, hours: 2 }],
      );
      assert.deepEqual(
        diagnosis.parked.map(({ waitingMs, ...rest }) => ({ ...rest, hours: hour(waitingMs) })),
        [{ name: "strange", jobs: 1, hours: 1 }],
      );
      assert.deepEqual(diagnosis.throttled, [{ name: "work", key: "k", jobs: 1, running: 1, limit: 2 }]);
      assert.deepEqual(diagnosis.partitions, { used: 3, past: 2, stragglers: 1 });
      assert.deepEqual(
        diagnosis.failedDuties.map(({ failedMs, ...rest }) => ({ ...rest, soon: failedMs < 60_000 })),
        [{ duty: "retention", sqlState: "42501", message: "permission denied", soon: true }],
      );
      assert.equal(Math.floor((diagnosis.lastSeenMs ?? 0) / 60_000), 1);
    });

    test("a newer schema, breaking or not", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const newer = "insert into mayfly.migration (number, name, digest, breaking) values ($1, 'later', 'later', $2)";
      await database.sql(newer, [schemaVersion + 1, false]);
      assert.deepEqual((await operator.diagnose()).schema, { version: schemaVersion + 1, known: schemaVersion, tooNew: false });
      await database.sql(newer, [schemaVersion + 2, true]);
      assert.deepEqual((await operator.diagnose()).schema, { version: schemaVersion + 2, known: schemaVersion, tooNew: true });
      await database.sql("delete from mayfly.migration where number > $1", [schemaVersion]);
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

  describe("clear", () => {
    test("empties what is older, and keeps the rest", async () => {
      const database = await open();
      const { sql } = database;
      const operator = operatorOf(database);
      await sql("truncate mayfly.job, mayfly.result");
      // In partitions of four days, each closed two days after its last: whatever day it is, 14 days ago is past 7 and not past 14.
      for (const finishedDaysAgo of [0, 14]) {
        await writeFinished(sql, [{ id: await idOfDaysAgo(sql, finishedDaysAgo), finishedDaysAgo }]);
      }
      const kept = async () => (await sql<{ n: number }>("select count(*)::integer as n from mayfly.result"))[0]?.n;
      assert.deepEqual(await operator.clear(14), { emptied: 0, kept: 0 });
      assert.deepEqual(await operator.clear(), { emptied: 1, kept: 0 });
      assert.equal(await kept(), 1);
      assert.deepEqual(await operator.clear(), { emptied: 0, kept: 0 });
      for (const days of [0, 31, 1.5]) await assert.rejects(operator.clear(days), { code: "invalid_options" });
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
  let server: TestServer;
  let database: TestDatabase;
  before(async () => {
    server = await startTestServer(18);
    database = await server.database();
  });
  after(async () => {
    await database.close();
    await server.stop();
  });

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
    assert.deepEqual(await operator.clear(), { emptied: 0, kept: 1 });
    await reader.query("commit");
    reader.release();
    assert.deepEqual(await operator.clear(), { emptied: 1, kept: 0 });
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

  test("dead rows are as the statistics have them", async () => {
    await database.sql("alter table mayfly.queue set (autovacuum_enabled = off)");
    await database.sql("insert into mayfly.queue (name) values ('a'), ('b')");
    await database.sql("delete from mayfly.queue where name = 'a'");
    await database.sql("select pg_stat_force_next_flush()");
    await database.sql("analyze mayfly.queue");
    const { deadRows } = await operatorOf(database).diagnose();
    assert.deepEqual(
      deadRows.find(({ table }) => table === "queue"),
      { table: "queue", live: 1, dead: 1 },
    );
  });
});
