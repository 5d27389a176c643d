/**
 * Faults that no other test was sure to find, made on purpose: each check holds, and fails once its fault is there.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { until } from "../support/condition.ts";
import { type TestDatabase, useDatabase } from "../support/database.ts";
import type { SqlDatabase } from "../support/each-postgres.ts";
import { claim, housekeep, newId, newJob, newTurn, success } from "../support/samples.ts";
import { sharedServer } from "./shared-server.ts";

/** A change of one function's text. */
interface Fault {
  readonly of: string;
  readonly from: string;
  readonly to: string;
}

async function makeFault({ sql }: Pick<SqlDatabase, "sql">, { of, from, to }: Fault): Promise<() => Promise<unknown>> {
  const [row] = await sql<{ text: string }>("select pg_get_functiondef($1::regproc) as text", [`mayfly.${of}`]);
  const text = row?.text ?? "";
  assert.ok(text.includes(from), `${of} has ${from}`);
  await sql(text.replaceAll(from, to));
  return () => sql(text);
}

describe("faults in one statement", () => {
  const database = useDatabase();

  function finds(promise: string, fault: Fault, check: () => Promise<void>): void {
    test(promise, async () => {
      await check();
      const mend = await makeFault(database, fault);
      await assert.rejects(check(), { name: "AssertionError" });
      await mend();
    });
  }

  finds(
    "a batch takes its keys in one order for everybody",
    { of: "hold_keys", from: "order by (j.request).name, j.held_key, j.nth", to: "order by j.nth" },
    async () => {
      await database.sql("truncate mayfly.held_key");
      await database.store.enqueue(["c", "a", "b"].map((key) => newJob({ key })));
      const rows = await database.sql<{ key: string }>("select key from mayfly.held_key order by ctid");
      assert.deepEqual(
        rows.map(({ key }) => key),
        ["a", "b", "c"],
      );
    },
  );

  finds(
    "a batch takes its ids in one order for everybody",
    { of: "enqueue_now", from: "order by j.id, j.nth", to: "order by j.id desc, j.nth" },
    async () => {
      await database.sql("truncate mayfly.job, mayfly.ready");
      const ids = [newId(), newId(), newId()];
      await database.store.enqueue(ids.toReversed().map((id, nth) => newJob({ id, priority: nth, runningLimit: 5 })));
      const rows = await database.sql<{ id: string }>("select id from mayfly.job order by ctid");
      assert.deepEqual(
        rows.map(({ id }) => id),
        ids,
      );
    },
  );

  finds(
    "retention empties no partition into which jobs of yesterday, today or tomorrow go",
    { of: "partition_last_day", from: "(today + 1) / 4", to: "today / 4" },
    async () => {
      const days = await database.sql<{ today: number }>(
        `select t.today from generate_series(20000, 21500) as t(today)
         where exists (
           select from generate_series(t.today - 1, t.today + 1) as d(day)
           where mayfly.partition_last_day(d.day / 4 % 12, t.today) + 2 < t.today
         )`,
      );
      assert.deepEqual(days, []);
    },
  );

  finds(
    "a claim is kept for an hour, so that its turn may be repeated",
    { of: "duty_forget", from: "interval '1 hour'", to: "interval '1 minute'" },
    async () => {
      await database.sql("truncate mayfly.claim");
      for (const minutes of [59, 61]) {
        await database.sql(
          `insert into mayfly.claim (id, worker_id, at)
           select mayfly.uuid7_floor(m.at), gen_random_uuid(), m.at from (select now() - $1::integer * interval '1 minute' as at) as m`,
          [minutes],
        );
      }
      await housekeep(database);
      const rows = await database.sql<{ minutes: number }>(
        "select round(extract(epoch from now() - at) / 60)::int as minutes from mayfly.claim",
      );
      assert.deepEqual(rows, [{ minutes: 59 }]);
    },
  );
});

describe("faults between two transactions", () => {
  function finds(promise: string, fault: Fault, check: (database: TestDatabase) => Promise<void>): void {
    test(promise, async () => {
      const database = await (await sharedServer(18)).database();
      try {
        await check(database);
        await makeFault(database, fault);
        await assert.rejects(check(database), { name: "AssertionError" });
      } finally {
        await database.close();
      }
    });
  }

  /** Runs `call` while the blocker holds its locks: answers whether it has to wait for them, and then lets go. */
  async function waits(
    { sql, pool }: TestDatabase,
    lock: string,
    call: () => Promise<unknown>,
    meanwhile = async () => {},
  ): Promise<boolean> {
    const blocker = await pool.connect();
    try {
      await blocker.query("begin");
      await blocker.query(lock);
      let over = false;
      const ended = call().finally(() => {
        over = true;
      });
      const held = await until(async () => (over ? "no" : (await sql(WAITING)).length > 0 && "yes"));
      if (held === "yes") await meanwhile();
      await blocker.query("rollback");
      await ended;
      return held === "yes";
    } finally {
      blocker.release(true);
    }
  }

  const WAITING = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

  finds(
    "a due job that somebody else holds keeps no turn waiting",
    { of: "turn_promote", from: "for update skip locked", to: "for update" },
    async (database) => {
      await database.sql("delete from mayfly.scheduled");
      await database.store.enqueue([newJob({ delayMs: 1 })]);
      await until(async () => (await database.sql("select from mayfly.scheduled where run_at < now()")).length > 0);
      assert.ok(!(await waits(database, "select from mayfly.scheduled for update", () => database.store.turn(newTurn()))));
    },
  );

  finds(
    "a turn that is held up until its worker is taken for dead claims under a worker that is there",
    { of: "turn_presence", from: "perform mayfly.turn_heartbeat(worker, presence);", to: "null;" },
    async (database) => {
      const store = postgresStore({ driver: pg(database.pool), clock: systemClock });
      await store.enqueue([newJob({ key: "k", runningLimit: 1 })]);
      const { jobs, claimId, workerId } = await claim(store);
      await store.enqueue([newJob()]);
      const settle = jobs.map(({ id }) => success(id, claimId));
      const held = await waits(
        database,
        "select mayfly.lock_running_limit('work', 'k')",
        () => store.turn(newTurn({ workerId, settle })),
        async () => void (await database.sql("delete from mayfly.worker")),
      );
      assert.ok(held);
      const orphans = await database.sql(
        "select from mayfly.running r where not exists (select from mayfly.worker w where w.id = r.worker_id)",
      );
      assert.equal(orphans.length, 0);
    },
  );
});
