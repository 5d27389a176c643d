/**
 * Jobs that are due on a grid: by the database's clock, never early, and late by less than its width.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { onGrid } from "../../src/base/grid.ts";
import { type MovingDatabase, openMovingDatabase } from "../support/moving-clock.ts";
import { claim, newId, newJob } from "../support/samples.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const QUARTER = 15 * MINUTE;
const NOON = Date.parse("2030-03-02T12:00:00Z");

for (const version of [15, 18] as const) {
  describe(`within a width, on Postgres ${version}`, () => {
    let database: MovingDatabase;
    before(async () => {
      database = await openMovingDatabase(version);
    });
    after(() => database.close());

    const enqueue = (...jobs: readonly object[]) =>
      database.sql<{ outcome: string }>("select outcome from mayfly.enqueue_v1($1::jsonb)", [JSON.stringify(jobs)]);

    /** When jobs are due, in milliseconds, those due at once left out. */
    async function dueAt(): Promise<number[]> {
      const rows = await database.sql<{ at: number }>(
        "select (extract(epoch from run_at) * 1000)::float8 as at from mayfly.scheduled order by run_at",
      );
      return rows.map(({ at }) => at);
    }

    async function empty(at: number): Promise<void> {
      await database.sql("delete from mayfly.scheduled");
      await database.sql("delete from mayfly.ready");
      await database.sql("delete from mayfly.held_key");
      await database.set(at);
    }

    test("jobs with all sorts of delays are due together", async () => {
      await empty(NOON + MINUTE);
      for (const minutes of [1, 2, 5, 8, 13]) await enqueue({ name: "work", delay_ms: minutes * MINUTE, within_ms: QUARTER });
      assert.deepEqual(await dueAt(), Array(5).fill(NOON + QUARTER));
    });

    test("never early, and late by less than the width", async () => {
      await empty(NOON - HOUR);
      for (const width of [1_000, 7_919, 45 * MINUTE, 24 * HOUR]) {
        for (const at of [1, 999.999, 1_000, 1_000.001, 44 * MINUTE, 45 * MINUTE, 12 * HOUR, 36 * HOUR]) {
          const run = NOON + at;
          await database.sql("delete from mayfly.scheduled");
          const run_at = `${new Date(Math.floor(run)).toISOString().slice(0, -1)}${String(Math.round((run % 1) * 1_000)).padStart(3, "0")}Z`;
          await enqueue({ name: "work", run_at, within_ms: width });
          const [due] = await dueAt();
          assert.equal(due, onGrid(run, width), `${run_at} within ${width} ms`);
        }
      }
    });

    test("what is due at once stays so", async () => {
      await empty(NOON + 1);
      await enqueue(
        { name: "work", within_ms: QUARTER },
        { name: "work", within_ms: QUARTER, delay_ms: 0 },
        { name: "work", within_ms: QUARTER, run_at: new Date(NOON).toISOString() },
      );
      assert.equal((await claim(database.store)).jobs.length, 3);
    });

    test("an expiry counts from when it is due", async () => {
      await empty(NOON + MINUTE);
      await enqueue({ name: "work", delay_ms: MINUTE, within_ms: QUARTER, expires_ms: MINUTE });
      const [job] = await database.sql<{ at: number }>("select extract(epoch from expires_at)::float8 * 1000 as at from mayfly.scheduled");
      assert.equal(job?.at, NOON + QUARTER + MINUTE);
    });

    test("a key is held from the enqueue on, and priority decides among those that are due together", async () => {
      await empty(NOON + MINUTE);
      const job = { name: "work", delay_ms: MINUTE, within_ms: QUARTER };
      const urgent = newId();
      await enqueue({ ...job, key: "k", priority: 1 }, { ...job, id: urgent, delay_ms: 2 * MINUTE, priority: 2 });
      assert.deepEqual(await enqueue({ ...job, key: "k" }), [{ outcome: "blocked" }]);
      await database.set(NOON + QUARTER);
      const { jobs } = await claim(database.store, { slots: 1 });
      assert.deepEqual(
        jobs.map(({ id }) => id),
        [urgent],
      );
    });

    test("TypeScript's enqueue sends it, and in a batch of jobs that are due at once it does not matter", async () => {
      await empty(NOON + MINUTE);
      await database.store.enqueue([newJob({ delayMs: MINUTE, withinMs: QUARTER }), newJob({ withinMs: QUARTER })]);
      assert.deepEqual(await dueAt(), [NOON + QUARTER]);
      assert.equal((await claim(database.store)).jobs.length, 1);
    });

    for (const within_ms of [0, 999, 24 * HOUR + 1, -QUARTER]) {
      test(`a width of ${within_ms} ms is refused`, async () => {
        await empty(NOON);
        await assert.rejects(enqueue({ name: "work", delay_ms: 1, within_ms }), { code: "23514", constraint: "within_ms" });
        assert.deepEqual(await dueAt(), []);
      });
    }

    test("a misspelt name of the field is told", async () => {
      await assert.rejects(enqueue({ name: "work", within: QUARTER }), { code: "22023", hint: "Use within_ms." });
    });
  });
}
