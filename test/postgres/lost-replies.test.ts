/**
 * Whatever becomes of one request or its reply, at whichever call: every job runs to one end, and nothing is done twice.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { type NeonEndpoint, startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { neonHttp } from "../../src/postgres/driver/neon-http.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { type Fault, injectFaults } from "../../src/testing/index.ts";
import { drain } from "../../src/worker/drain.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { newId } from "../support/samples.ts";
import { createWorker, LIMITS } from "../support/worker.ts";

/** Comes back at once, so that a repeat runs beside its original. */
const impatient = { now: systemClock.now, sleep: async () => {} };

/** Time stands still for the worker, so that the machine's load does not choose which of its turns bring presence. */
const startedAt = Date.now();
const still = { ...systemClock, now: () => startedAt };

const work = defineJob<"work", { n: number }>("work", { retries: 1, limit: { live: 100 } });
const keyed = defineJob<"keyed", { n: number }>("keyed", { concurrencyKey: ({ n }) => `k${n}` });

const KINDS = ["drop-request", "drop-reply", "duplicate", "abandon", "hold"] as const;

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    let database: TestDatabase;
    let endpoint: NeonEndpoint;
    before(async () => {
      server = await testServer(version);
      database = await server.database();
      await database.sql("create table counter (n integer)");
      endpoint = await startNeonEndpoint({ database: pgDatabase(database.pool) });
    });
    after(async () => {
      await endpoint.close();
      await database.close();
      await server.stop();
    });

    const drivers: Record<string, () => Driver> = {
      pg: () => database.driver,
      "Neon HTTP": () => neonHttp(database.url, { endpoint: endpoint.url }),
    };

    /** Enqueues one and several, runs them all, with a failure in between. Answers how often each ran to its end. */
    async function life(plan: (call: number) => Fault | undefined) {
      await database.sql(
        "truncate mayfly.job, mayfly.ready, mayfly.scheduled, mayfly.running, mayfly.held_key, mayfly.result, mayfly.worker, mayfly.claim",
      );
      const driver = injectFaults(database.driver, plan);
      const store = postgresStore({ driver, clock: impatient });
      const jobs = createJobs({ store, limits: LIMITS, ids: { newId, clock: systemClock } });
      const first = await jobs.enqueue(work, { n: 0 });
      const rest = await jobs.enqueueMany([
        [work, { n: 1 }],
        [keyed, { n: 1 }],
        [keyed, { n: 2 }],
        [keyed, { n: 3 }],
      ]);
      const runs = new Map<string, number>();
      const handlers = [
        work.handle(({ id, attempt, payload }) => {
          runs.set(id, (runs.get(id) ?? 0) + 1);
          if (payload.n === 1 && attempt === 1) throw new Error("once");
        }),
        keyed.handle(({ id, payload }) => {
          runs.set(id, (runs.get(id) ?? 0) + 1);
          return payload;
        }),
      ];
      await drain(createWorker({ store, handlers, slots: 2, clock: still }), { park: true, waitMs: 0 });
      return { driver, told: [first, ...rest], runs };
    }

    async function isWhole({ told, runs }: Awaited<ReturnType<typeof life>>, what: string): Promise<void> {
      assert.ok(
        told.every(({ outcome }) => outcome === "enqueued"),
        what,
      );
      const ids = told.map(({ id }) => id);
      assert.deepEqual(
        ids.map((id) => runs.get(id)),
        [1, 2, 1, 1, 1],
        what,
      );
      assert.deepEqual(await database.sql("select id from mayfly.live"), [], what);
      const results = await database.sql<{ id: string }>("select id, outcome, attempt from mayfly.result order by id, attempt");
      const [one, two, three, four, five] = ids;
      const ended = (id: string | undefined, attempt = 1) => ({ id, outcome: "successful", attempt });
      assert.deepEqual(
        results,
        [ended(one), { id: two, outcome: "errored", attempt: 1 }, ended(two, 2), ended(three), ended(four), ended(five)],
        what,
      );
      assert.ok(
        !(await database.sql<{ left: boolean }>("select left_at is not null as left from mayfly.worker")).some(({ left }) => !left),
        what,
      );
    }

    test("nothing is lost or doubled, whichever call it happens to", async () => {
      const calm = await life(() => undefined);
      await isWhole(calm, "without a fault");
      assert.ok(calm.driver.calls >= 5);
      for (const kind of KINDS) {
        for (let nth = 1; nth <= calm.driver.calls; nth++) {
          const what = `${kind} at call ${nth}`;
          const end = await life((call) => (call === nth ? { kind } : undefined));
          await isWhole(end, what);
          // What was held arrives now: its repeat is done, and the jobs have ended.
          await end.driver.release();
          await isWhole(end, `${what}, after the original`);
        }
      }
    });

    for (const [name, open] of Object.entries(drivers)) {
      test(`a transaction of the user's own counts once, over ${name}`, async () => {
        for (const kind of KINDS) {
          await database.sql("truncate mayfly.job, mayfly.ready, mayfly.scheduled, mayfly.running, mayfly.held_key, counter");
          await database.sql("insert into counter (n) values (0)");
          const driver = injectFaults(open(), (call) => (call === 1 ? { kind } : undefined));
          const jobs = createJobs({
            store: postgresStore({ driver, clock: impatient }),
            limits: LIMITS,
            ids: { newId, clock: systemClock },
          });
          const { outcome } = await jobs.transaction([jobs.statement(work, { n: 1 }), ["update counter set n = n + $1::integer", ["1"]]]);
          await driver.release();
          assert.ok(outcome === "committed" || outcome === "already_committed");
          if (kind === "drop-reply") assert.equal(outcome, "already_committed");
          if (kind === "drop-request") assert.equal(outcome, "committed");
          assert.deepEqual(
            await database.sql("select n, (select count(*)::int from mayfly.live) as jobs from counter"),
            [{ n: 1, jobs: 1 }],
            kind,
          );
        }
      });
    }

    test("a transaction that cannot be repeated safely is refused, and one whose job does not go in is rolled back", async () => {
      await database.sql("truncate mayfly.job, mayfly.ready, mayfly.scheduled, mayfly.running, mayfly.held_key, counter");
      await database.sql("insert into counter (n) values (0)");
      const jobs = createJobs({ store: database.store, limits: LIMITS, ids: { newId, clock: systemClock } });
      const count = ["update counter set n = n + 1"] as const;
      await assert.rejects(jobs.transaction([count, jobs.statement(work, { n: 1 })]), { code: "unguarded_transaction" });
      await assert.rejects(jobs.transaction([]), { code: "unguarded_transaction" });
      const { id } = await jobs.enqueue(keyed, { n: 1 });
      await assert.rejects(jobs.transaction([jobs.statement(keyed, { n: 1 }), count]), { code: "blocked" });
      await assert.rejects(jobs.transaction([jobs.statement(work, { n: 1 }, { id }), count]), { code: "already_committed" });
      const { outcome } = await jobs.transaction([jobs.statement(keyed, { n: 1 }, { allowBlocked: true }), count]);
      assert.equal(outcome, "committed");
      assert.deepEqual(await database.sql("select n from counter"), [{ n: 1 }]);
    });

    test("a transaction whose job may be left out is not repeated when its reply is lost: it would count twice", async () => {
      await database.sql("truncate mayfly.job, mayfly.ready, mayfly.scheduled, mayfly.running, mayfly.held_key, counter");
      await database.sql("insert into counter (n) values (0)");
      const driver = injectFaults(database.driver, (call) => (call === 2 ? { kind: "drop-reply" } : undefined));
      const store = postgresStore({ driver, clock: impatient });
      const jobs = createJobs({ store, limits: LIMITS, ids: { newId, clock: systemClock } });
      await jobs.enqueue(keyed, { n: 1 });
      const statements = [jobs.statement(keyed, { n: 1 }, { allowBlocked: true }), ["update counter set n = n + 1"]] as const;
      await assert.rejects(jobs.transaction(statements), { code: "database_reply_lost" });
      assert.deepEqual(await database.sql("select n from counter"), [{ n: 1 }]);
    });
  });
}
