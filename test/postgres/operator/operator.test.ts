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
import { claim, failure, newId, newJob, newTurn, success } from "../../support/samples.ts";

const NONE = {
  ready: 0,
  scheduled: 0,
  running: 0,
  held: 0,
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

/** One job in each state: running with a limit and one held behind it, parked, scheduled, ready, one that waits for its hook. */
async function oneOfEach({ store, sql }: SqlDatabase) {
  const limited = [newJob({ runningLimit: 1, key: "k" }), newJob({ runningLimit: 1, key: "k" })];
  await store.enqueue([...limited, newJob({ name: "strange" })]);
  const { claimId, workerId } = await claim(store);
  const hooked = newJob({ name: "hook_done" });
  await store.enqueue([hooked]);
  const taken = await claim(store, { names: ["hook_done"], hooked: ["hook_done"], park: false });
  const settle = [{ ...failure(hooked.id, taken.claimId), hook: true }];
  await store.turn(newTurn({ workerId: taken.workerId, slots: 0, settle, leave: true }));
  await store.enqueue([newJob({ delayMs: 60_000 }), newJob()]);
  await sql("update mayfly.worker set runtime = null where left_at is not null");
  return { limited, hooked, claimId, workerId };
}

async function results({ sql }: SqlDatabase) {
  return await sql<{ id: string; claim_id: string | null; outcome: string; reason: string }>(
    "select id, claim_id, outcome, error ->> 'name' as reason from mayfly.result order by finished_at, id",
  );
}

onEachPostgres((open) => {
  describe("stats", () => {
    test("count each live job once, finished attempts by outcome, paused queues, workers", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const cost = { roundTrips: 0, jobs: 0, bytes: 0, ms: 0, awakeMs: 0 };
      assert.deepEqual(await operator.stats(), { queues: [], workers: { alive: 0, stale: 0 }, cost });

      await oneOfEach(database);
      await operator.pauseQueue("quiet");
      await database.sql("insert into mayfly.worker (id, heartbeat_at) values ($1, now() - interval '91 seconds')", [newId()]);
      for (const outcome of ["successful", "cancelled", "lost", "deferred"])
        await database.sql(
          `insert into mayfly.result (id, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
          values ($1, now(), now(), 0, 0, 1, false, $2, 'mail', 'work', '{}')`,
          [newId(), outcome],
        );
      const stats = await operator.stats();
      const pausedAt = stats.queues.find(({ queue }) => queue === "quiet")?.pausedAt ?? "";
      assert.match(pausedAt, /^\d{4}-\d\d-\d\dT/);
      assert.deepEqual(stats, {
        queues: [
          { queue: "default", ...NONE, ready: 1, scheduled: 1, running: 1, held: 1, parked: 1, hooks: 1, errored: 1 },
          { queue: "mail", ...NONE, successful: 1, cancelled: 1, lost: 1, deferred: 1 },
          { queue: "quiet", pausedAt, ...NONE },
        ],
        workers: { alive: 1, stale: 1 },
        cost: stats.cost,
      });
    });
  });

  describe("doctor", () => {
    test("finds nothing where there is nothing", async () => {
      const database = await open();
      await database.sql("truncate mayfly.result");
      const { deadRows, longestTransaction, ...report } = await operatorOf(database).doctor();
      assert.deepEqual(report, {
        schema: { version: schemaVersion, known: schemaVersion, tooNew: false },
        lastSeenMs: null,
        ready: [],
        staleWorkers: [],
        parked: [],
        held: [],
        resultSlots: { used: 0, past: 0 },
      });
      assert.ok(Array.isArray(deadRows));
      assert.equal(longestTransaction, undefined);
    });

    test("finds what waits, is stale, parked, held without need, or beyond its time", async () => {
      const database = await open();
      const { sql } = database;
      const { workerId, limited } = await oneOfEach(database);
      await sql("update mayfly.job set running_limit = 2 where id = any ($1::uuid[])", [limited.map(({ id }) => id)]);
      await sql("update mayfly.job set ready_at = now() - interval '1 hour' where state = 'ready' or parked > 0");
      await sql("update mayfly.worker set heartbeat_at = now() - interval '2 hours', runtime = 'lambda' where id = $1", [workerId]);
      await sql("update mayfly.worker set heartbeat_at = now() - interval '3 hours' where id <> $1", [workerId]);
      // A tick was seen after these.
      await sql("insert into mayfly.schedule_set (application, hash, seen_at) values ('app', 'h', now() - interval '1 minute')");
      await operatorOf(database).pauseQueue("default");
      await sql(
        `insert into mayfly.result (id, slot, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
        values ($1, (mayfly.result_slots_past(7))[1], now(), now(), 0, 0, 1, false, 'lost', 'mail', 'work', '{}')`,
        [newId()],
      );
      const report = await operatorOf(database).doctor();
      const hour = (ms = 0) => Math.floor(ms / 3_600_000);
      assert.deepEqual(
        report.ready.map(({ waitingMs, ...rest }) => ({ ...rest, hours: hour(waitingMs) })),
        [{ queue: "default", paused: true, jobs: 2, hours: 1 }],
      );
      assert.deepEqual(
        report.staleWorkers.map(({ silentMs, ...rest }) => ({ ...rest, hours: hour(silentMs) })),
        [{ id: workerId, runtime: "lambda", running: 1, hours: 2 }],
      );
      assert.deepEqual(
        report.parked.map(({ waitingMs, ...rest }) => ({ ...rest, hours: hour(waitingMs) })),
        [{ name: "strange", jobs: 1, hours: 1 }],
      );
      assert.deepEqual(report.held, [{ name: "work", key: "k", held: 1, running: 1, limit: 2 }]);
      assert.deepEqual(report.resultSlots, { used: 2, past: 1 });
      assert.equal(Math.floor((report.lastSeenMs ?? 0) / 60_000), 1);
      await operatorOf(database).clear(7);
    });

    test("a newer schema, breaking or not", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const newer = "insert into mayfly.migration (version, name, breaking) values ($1, 'later', $2)";
      await database.sql(newer, [schemaVersion + 1, false]);
      assert.deepEqual((await operator.doctor()).schema, { version: schemaVersion + 1, known: schemaVersion, tooNew: false });
      await database.sql(newer, [schemaVersion + 2, true]);
      assert.deepEqual((await operator.doctor()).schema, { version: schemaVersion + 2, known: schemaVersion, tooNew: true });
      await database.sql("delete from mayfly.migration where version > $1", [schemaVersion]);
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
      assert.deepEqual(await database.sql("select id from mayfly.job"), []);
      const written = (await results(database)).slice(before);
      assert.equal(written.length, 5);
      assert.ok(written.every(({ outcome, reason, id }) => outcome === "cancelled" && reason === "PurgedError" && id !== hooked.id));
      assert.deepEqual(
        written.filter(({ claim_id }) => claim_id !== null).map(({ id, claim_id }) => [id, claim_id]),
        [[first?.id, claimId]],
      );
      const late = await database.store.turn(newTurn({ workerId, slots: 0, settle: [success(first?.id ?? "", claimId)] }));
      assert.deepEqual(late.verdicts, [{ id: first?.id, claimId, verdict: "stale" }]);
    });

    test("one queue only, a slice at a time; one that runs its hook before a retry ends without that claim", async () => {
      const database = await open();
      const { store, sql } = database;
      const operator = operatorOf(database);
      const kept = newJob({ queue: "kept" });
      const hooking = newJob({ retries: 1 });
      await store.enqueue([hooking, kept]);
      const { workerId } = await claim(store, { hooked: ["work"] });
      await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour' where id = $1", [workerId]);
      await store.look({ workerId: null, staleMs: 90_000, most: 10, queues: [], set: null, retentionDays: null });
      const again = await claim(store, { hooked: ["work"] });
      assert.deepEqual(
        again.jobs.map(({ id, hook }) => [id, hook]),
        [[hooking.id, "lost"]],
      );
      await store.enqueue([newJob(), newJob()]);

      assert.deepEqual(await operator.purge({ queue: "default", most: 2 }), { ended: 2, removed: 0 });
      assert.deepEqual(await operator.purge({ queue: "default", most: 2 }), { ended: 1, removed: 0 });
      assert.deepEqual(await operator.purge({ queue: "default", most: 2 }), { ended: 0, removed: 0 });
      assert.deepEqual(await sql("select id from mayfly.job"), [{ id: kept.id }]);
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
      for (const most of [0, 10_001, 1.5]) await assert.rejects(operator.purge({ most }), { code: "invalid_options" });
      for (const queue of ["", "q".repeat(256)]) await assert.rejects(operator.purge({ queue }), { code: "invalid_options" });
    });
  });

  describe("clear", () => {
    test("empties what is older, and keeps the rest", async () => {
      const database = await open();
      const { sql } = database;
      const operator = operatorOf(database);
      await sql("truncate mayfly.result");
      await sql(
        `insert into mayfly.result (id, finished_at, slot, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
        select mayfly.uuid7(), t.at, mayfly.result_slot(t.at), t.at, t.at, 0, 0, 1, false, 'successful', 'default', 'work', '{}'
        from (select now() - n * interval '1 day' as at from generate_series(0, 12) as n) as t`,
      );
      const kept = async () => (await sql<{ n: number }>("select count(*)::integer as n from mayfly.result"))[0]?.n;
      assert.deepEqual(await operator.clear(), { emptied: 5, kept: 0 });
      assert.equal(await kept(), 8);
      assert.deepEqual(await operator.clear(), { emptied: 0, kept: 0 });
      assert.deepEqual(await operator.clear(3), { emptied: 4, kept: 0 });
      assert.equal(await kept(), 4);
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

  test("the longest transaction is told, without what it ran; days that it reads are kept by a clear", async () => {
    const operator = operatorOf(database);
    await database.sql(
      `insert into mayfly.result (id, slot, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
      values ($1, (mayfly.result_slots_past(7))[1], now(), now(), 0, 0, 1, false, 'lost', 'mail', 'work', '{}')`,
      [newId()],
    );
    const reader = await database.pool.connect();
    await reader.query("set application_name = 'reader'");
    await reader.query("begin");
    await reader.query("select count(*) from mayfly.result");
    const { longestTransaction } = await operator.doctor();
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
    await other.query("select from mayfly.job where id = $1 for update", [held.id]);
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
    const { deadRows } = await operatorOf(database).doctor();
    assert.deepEqual(
      deadRows.find(({ table }) => table === "queue"),
      { table: "queue", live: 1, dead: 1 },
    );
  });
});
