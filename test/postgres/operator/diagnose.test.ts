/**
 * A diagnosis: what it finds, and what it does not find where all is well.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { OperatorClient } from "../../../src/operate/operator-client.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { schemaVersion } from "../../../src/postgres/sql/schema-version.ts";
import { useDatabase } from "../../support/database.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";
import { idOfDaysAgo, writeFinished } from "../../support/finished.ts";
import { oneOfEach } from "../../support/one-of-each.ts";
import { newJob } from "../../support/samples.ts";

function operatorOf({ driver }: SqlDatabase): OperatorClient {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
}

onEachPostgres((open) => {
  describe("a diagnosis", () => {
    test("finds nothing where there is nothing", async () => {
      const database = await open();
      await database.sql("truncate mayfly.job, mayfly.result");
      const { deadRows, longestTransaction, role, ...diagnosis } = await operatorOf(database).diagnose();
      assert.deepEqual(diagnosis, {
        schema: { version: schemaVersion, known: schemaVersion, tooNew: false },
        lastSeenMs: null,
        overdueMs: null,
        ready: [],
        staleWorkers: [],
        parked: [],
        throttled: [],
        partitions: { used: 0, past: 0, stragglers: 0 },
        failedDuties: [],
      });
      assert.ok(Array.isArray(deadRows));
      assert.equal(role.owner, true);
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
});

describe("on a server", () => {
  const database = useDatabase();

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
