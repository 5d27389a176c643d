/**
 * Calls that meet on the same rows wait for one another in one direction only.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type pgClient from "pg";
import { systemClock } from "../../src/app/system-clock.ts";
import type { OperatorClient } from "../../src/operate/operator-client.ts";
import { operatorStore } from "../../src/postgres/operator/operator-store.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import type { Store } from "../../src/store/store.ts";
import { until } from "../support/condition.ts";
import type { TestDatabase } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";
import { failure, holdAll, newJob, newTurn, success } from "../support/samples.ts";
import { noteStates } from "./crowd.ts";
import { sharedServer } from "./shared-server.ts";

interface Stage {
  readonly store: Store;
  readonly operator: OperatorClient;
  readonly database: TestDatabase;
  /** In a transaction of its own; rolled back, it lets go of whatever it has locked. */
  readonly blocker: pgClient.PoolClient;
  /** Until so many calls wait for a lock. */
  waiting(calls: number): Promise<void>;
}

/** No call may be broken off by a deadlock meanwhile. */
async function withoutDeadlock(version: PostgresVersion, run: (stage: Stage) => Promise<void>): Promise<void> {
  const server = await sharedServer(version);
  const database = await server.database();
  const blocker = await database.pool.connect();
  const { driver, states } = noteStates(database.driver);
  try {
    await blocker.query("begin");
    await run({
      store: postgresStore({ driver, clock: systemClock }),
      operator: operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 }),
      database,
      blocker,
      async waiting(calls) {
        const text = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        await until(async () => (await database.sql(text)).length === calls);
      },
    });
    assert.deepEqual(states, []);
  } finally {
    blocker.release(true);
    await database.close();
  }
}

for (const version of [18, 15] satisfies PostgresVersion[]) {
  describe(`the order of locks, Postgres ${version}`, () => {
    for (const slots of [10, 0]) {
      test(`a repeat that renews the heartbeat, beside its original that signs off, with ${slots} slots`, async () => {
        await withoutDeadlock(version, async ({ store, database, blocker, waiting }) => {
          await store.enqueue([newJob({ key: "k", runningLimit: 1 })]);
          const first = newTurn();
          const { jobs } = await store.turn(first);
          await blocker.query("select mayfly.lock_running_limit('work', 'k')");
          const last = newTurn({
            workerId: first.workerId,
            slots,
            settle: jobs.map(({ id }) => success(id, first.claimId)),
            leave: true,
          });
          const original = store.turn(last);
          await waiting(1);
          // The heartbeat grows old meanwhile.
          await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 minute'");
          const repeat = store.turn(last);
          await waiting(2);
          await blocker.query("rollback");
          assert.deepEqual([(await original).rejections, (await repeat).rejections.map(({ reason }) => reason)], [[], ["already"]]);
          const [worker] = await database.sql("select left_at is not null as left from mayfly.worker");
          assert.deepEqual(worker, { left: true });
        });
      });
    }

    test("retries by hand of jobs that share a key", async () => {
      await withoutDeadlock(version, async ({ store, operator, database, blocker, waiting }) => {
        const ids: string[] = [];
        // One after the other, so that the key is free for the third.
        for (const key of ["k", null, "k", "l"]) {
          const { ids: held, claimId, settle } = await holdAll(database, [{ key }]);
          await settle(...held.map((id) => failure(id, claimId)));
          ids.push(...held);
        }
        const [first = "", second = "", third = "", fourth = ""] = ids;
        await blocker.query("select from mayfly.result where id = $1 for update", [second]);
        const one = operator.retryMany([first, second, third]);
        await waiting(1);
        await blocker.query("select mayfly.enqueue_v1($1)", ['[{"name": "work", "key": "l"}]']);
        const other = operator.retryMany([third, fourth]);
        await waiting(2);
        await blocker.query("rollback");
        const outcomes = [await one, await other].map((told) => told.map(({ outcome }) => outcome));
        assert.deepEqual(outcomes, [
          ["blocked", "enqueued", "already"],
          ["enqueued", "enqueued"],
        ]);
        assert.deepEqual(await store.liveCounts([{ name: "work", key: "k" }]), [{ pending: 1, running: 0 }]);
      });
    });

    test("schedules announced, while one that goes and one that stays are fired", async () => {
      await withoutDeadlock(version, async ({ store, blocker, waiting }) => {
        const nextAt = new Date(0).toISOString();
        const named = (...names: string[]) => names.map((name) => ({ name, nextAt, definition: {} }));
        await store.announceSchedules({ application: "app", hash: "one" }, named("goes", "stays"));
        await blocker.query("select from mayfly.schedule where name = 'stays' for update");
        const announced = store.announceSchedules({ application: "app", hash: "two" }, named("stays"));
        await waiting(1);
        const fires = named("goes", "stays").map(({ name }) => ({ name, fireCount: 0, nextAt, overlap: true, jobs: [newJob()] }));
        const fired = store.fireSchedules("app", fires);
        await waiting(2);
        await blocker.query("rollback");
        assert.equal(await announced, "current");
        // Whose rows are taken is told so, and fires with the next tick.
        const others = (await fired).flatMap(({ outcomes }) => outcomes).filter((outcome) => outcome !== "busy" && outcome !== "enqueued");
        assert.deepEqual(others, []);
      });
    });
  });
}
