/**
 * Database roles: what each kind is for it may do.
 * @module
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { createMayfly } from "../../src/app/create-mayfly.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { adviceOn } from "../../src/operate/advice.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { batches, createProducer, defineJob, isMayflyError, rules, transactions } from "../../src/producer.ts";
import { openDatabase } from "../support/database.ts";
import { onEachServer } from "../support/each-postgres.ts";
import { everyBranch } from "../support/every-branch.ts";
import { idOfDaysAgo, writeFinished } from "../support/finished.ts";
import { oneOfEach } from "../support/one-of-each.ts";
import { as } from "../support/roles.ts";
import { housekeep, newId } from "../support/samples.ts";
import { recordingLogger } from "../support/worker.ts";

const work = defineJob<"work", { n: number }>("work");
const few = defineJob<"few", { n: number }>("few", { shouldEnqueue: ({ pending }) => pending < 1 });

onEachServer((open) => {
  describe("what a role may do", () => {
    test("a producer: all that a producing program has", async () => {
      const owner = await open();
      await as(owner, "producer", async ({ driver, store }) => {
        const jobs = createProducer<void>({ database: () => driver })
          .with(batches)
          .with(rules)
          .with(transactions)
          .connect();
        assert.equal((await jobs.enqueue(work, { n: 1 })).outcome, "enqueued");
        assert.equal((await jobs.enqueue(work, { n: 1 }, { concurrencyKey: "k", delay: "1h" })).outcome, "enqueued");
        assert.equal((await jobs.enqueue(few, { n: 1 })).outcome, "enqueued");
        await jobs.enqueueMany([
          [work, { n: 2 }],
          [work, { n: 3 }],
        ]);
        await jobs.transaction([jobs.statement(work, { n: 4 })]);
        await store.enqueueOnce({ id: newId(), digest: "d" }, []);
        await assert.rejects(store.cancel(newId()), (error) => isMayflyError(error, "permission_denied"));
      });
    });

    test("a worker: every branch of every verb, and retention after its days", async () => {
      const owner = await open();
      await as(owner, "worker", async ({ store }) => {
        await everyBranch(store, owner.sql);
        const old = await idOfDaysAgo(owner.sql, 20);
        await writeFinished(owner.sql, [{ id: old, finishedDaysAgo: 20 }]);
        const { failed } = await housekeep({ store, sql: owner.sql }, 8);
        assert.deepEqual(failed, []);
        assert.deepEqual(await owner.sql("select id from mayfly.job where id = $1", [old]), []);
        await store.job(old);
      });
    });

    test("a viewer: all that is read", async () => {
      const owner = await open();
      await oneOfEach(owner);
      await as(owner, "viewer", async ({ driver }, name) => {
        const operator = createMayfly<undefined>({ jobs: [work], database: () => driver, logger: recordingLogger() }).operator(undefined);
        assert.equal((await operator.stats()).queues.length, 1);
        assert.ok((await operator.jobs()).items.length > 3);
        for (const state of ["ready", "scheduled", "running"] as const) await operator.jobs({ state, queue: "default" });
        await Promise.all([operator.results(), operator.workers(), operator.queues(), operator.schedules(), operator.overview()]);
        await operator.metrics();
        const diagnosis = await operator.diagnose();
        const said = adviceOn(diagnosis).find(({ check }) => check === "privileges");
        assert.deepEqual(said?.message, `The role "${name}" has what it needs as viewer.`);
        await assert.rejects(operator.pauseQueue("default"), (error) => isMayflyError(error, "permission_denied"));
      });
    });

    test("an operator: all that the dashboard does", async () => {
      const owner = await open();
      await oneOfEach(owner);
      const [finished = ""] = await writeFinished(owner.sql, [{ name: "work" }]);
      await owner.sql("insert into mayfly.schedule (application, name, definition) values ('default', 's', '{}')");
      await as(owner, "operator", async ({ driver }) => {
        const mayfly = createMayfly<undefined>({ jobs: [work], database: () => driver, logger: recordingLogger() });
        const [operator, jobs] = [mayfly.operator(undefined), mayfly.connect(undefined)];
        await operator.pauseQueue("default");
        await operator.pauseQueue("default");
        await operator.resumeQueue("default");
        assert.ok(await operator.pauseSchedule("default", "s"));
        assert.ok(await operator.resumeSchedule("default", "s"));
        await operator.signIns.failed("a");
        await operator.signIns.end("s");
        assert.ok(await operator.signIns.isOver("s"));
        assert.equal((await operator.retryMany([finished]))[0]?.outcome, "enqueued");
        const { id } = await jobs.enqueue(work, { n: 1 });
        assert.equal(await jobs.cancel(id), "cancelled");
        await jobs.get(id);
        await operator.diagnose();
        await operator.clear(1);
        await operator.purge();
      });
    });

    test("a role whose grants are of an older schema is told what it lacks", async () => {
      const owner = await open();
      await as(owner, "operator", async ({ driver }, name) => {
        await owner.sql(`revoke execute on function mayfly.purge_v1 from ${name}`);
        const operator = createMayfly<undefined>({ jobs: [work], database: () => driver, logger: recordingLogger() }).operator(undefined);
        const said = adviceOn(await operator.diagnose()).find(({ check }) => check === "privileges");
        assert.equal(said?.severity, "problem");
        assert.match(
          said?.message ?? "",
          new RegExp(`lacks what an operator needs: execute on function mayfly.purge_v1.*--grant operator=${name}`),
        );
      });
    });
  });

  test("a schema that an administrator has made is migrated without the right to create any", async () => {
    const owner = await open();
    const { server } = { server: new URL(owner.url) };
    const name = `owner_${randomUUID().slice(0, 8)}`;
    const database = `bare_${randomUUID().replaceAll("-", "")}`;
    await owner.sql(`create role ${name} login`);
    await owner.sql(`create database ${database}`);
    const admin = openDatabase(Object.assign(new URL(server), { pathname: `/${database}` }).href, 1);
    await admin.sql(`create schema mayfly authorization ${name}`);
    const role = openDatabase(Object.assign(new URL(admin.url), { username: name }).href, 2);
    await migrate(role.driver, { clock: systemClock });
    await role.sql(`select * from mayfly.enqueue_v1('[{"name": "a"}]')`);
    await role.close();
    await admin.close();
    await owner.sql(`drop database ${database} with (force)`);
    await owner.sql(`drop role ${name}`);
  });
});
