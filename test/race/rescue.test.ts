/**
 * Workers that freeze until they are taken for dead, while their handlers go on: the late ones change nothing, hooks run once for each lost
 * attempt, and nothing is tried for ever.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { TestDatabase } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";
import { newId } from "../support/samples.ts";
import { LIMITS } from "../support/worker.ts";
import { countdown, withFreezer } from "./freezer.ts";

const JOBS = 12;

interface Numbered {
  readonly n: number;
}
const numbers = Array.from({ length: JOBS }, (_, n) => n);

const clientOf = ({ store }: TestDatabase) => createJobs({ store, limits: LIMITS, ids: { newId, clock: systemClock } });

/** How the attempts of all jobs ended, in order, each way with how many jobs went it. */
async function ways({ sql }: TestDatabase): Promise<Record<string, number>> {
  const rows = await sql<{ way: string; n: number }>(
    `select way, count(*)::int as n from (
       select string_agg(attempt || ' ' || outcome || case when retry_at is null then ', last' else '' end, '; ' order by finished_at, claim_id) as way
       from mayfly.result group by id
     ) x group by way order by way`,
  );
  const [live] = await sql<{ n: number }>("select count(*)::int as n from mayfly.live");
  assert.equal(live?.n, 0, "nothing is left");
  return Object.fromEntries(rows.map(({ way, n }) => [way, n]));
}

for (const version of [18, 15] satisfies PostgresVersion[]) {
  describe(`workers taken for dead, Postgres ${version}`, () => {
    test("a late worker is told, its handlers stop, its results are refused, and each job has one last result", async () => {
      await withFreezer(version, async ({ database, reasons, start, die, hang }) => {
        const work = defineJob<"work", Numbered>("work", { retries: 1, concurrencyKey: ({ n }) => `k${n}` });
        const started = countdown(JOBS);
        const rescued = Promise.withResolvers<void>();
        const finished = countdown(JOBS / 2);
        const handlers = [
          work.handle(async ({ payload: { n }, attempt, signal }) => {
            if (attempt > 1) return "second";
            started.tick();
            // Some are stopped, the others come to an end of their own while nobody hears of their worker.
            if (n % 2 === 0) return await hang(signal);
            await rescued.promise;
            finished.tick();
            return "first";
          }),
        ];
        await clientOf(database).enqueueMany(numbers.map((n) => [work, { n }] as const));
        const late = await die(handlers, started.done, JOBS);
        rescued.resolve();
        await finished.done;
        const live = await start(handlers).ended;
        assert.equal(live.successful, JOBS);
        late.thaw();
        const { claimsLost, successful } = await late.ended;
        assert.deepEqual({ claimsLost, successful }, { claimsLost: JOBS / 2, successful: 0 });
        assert.deepEqual(reasons, Array(JOBS / 2).fill("claim_lost"));
        assert.deepEqual(await ways(database), { "1 lost; 2 successful, last": JOBS });
        const outputs = await database.sql("select distinct output::text from mayfly.result where outcome = 'successful'");
        assert.deepEqual(outputs, [{ output: '"second"' }]);
      });
    });

    test("hooks run once for each lost attempt, before the next one; after the last one, that it has failed", async () => {
      await withFreezer(version, async ({ database, reasons, start, die, hang }) => {
        const work = defineJob<"work", Numbered>("work", { retries: 1 });
        const log = new Map<number, string[]>(numbers.map((n) => [n, []]));
        let started = countdown(JOBS);
        const handlers = [
          work.handle(
            async ({ payload: { n }, attempt, signal }) => {
              log.get(n)?.push(`run ${attempt}`);
              started.tick();
              await hang(signal);
            },
            {
              onAborted: ({ payload: { n }, result }) => void log.get(n)?.push(`aborted ${result.attempt} ${result.outcome}`),
              onFailed: ({ payload: { n }, result }) => void log.get(n)?.push(`failed ${result.attempt} ${result.outcome}`),
            },
          ),
        ];
        await clientOf(database).enqueueMany(numbers.map((n) => [work, { n }] as const));
        const lives = [await die(handlers, started.done, JOBS)];
        started = countdown(JOBS);
        lives.push(await die(handlers, started.done, JOBS));
        await start(handlers).ended;
        for (const life of lives) {
          life.thaw();
          await life.ended;
        }
        for (const steps of log.values()) assert.deepEqual(steps, ["run 1", "aborted 1 lost", "run 2", "aborted 2 lost", "failed 2 lost"]);
        assert.deepEqual(reasons, Array(2 * JOBS).fill("claim_lost"));
        assert.deepEqual(await ways(database), { "1 lost; 2 lost, last": JOBS });
      });
    });

    for (const how of ["throws", "kills its worker"] as const) {
      test(`a hook that ${how} is given up after three tries, and the retry still happens`, async () => {
        await withFreezer(version, async ({ database, start, die, hang }) => {
          const work = defineJob<"work", Numbered>("work", { retries: 1 });
          const log: string[] = [];
          let started = countdown(1);
          const handlers = [
            work.handle(
              async ({ attempt, signal }) => {
                log.push(`run ${attempt}`);
                started.tick();
                if (attempt === 1) await hang(signal);
              },
              {
                onAborted: async ({ signal }) => {
                  log.push("hook");
                  started.tick();
                  if (how === "throws") throw new Error("the hook itself");
                  await hang(signal);
                },
              },
            ),
          ];
          await clientOf(database).enqueue(work, { n: 0 });
          await die(handlers, started.done, 1);
          for (let tries = 1; tries <= 3; tries++) {
            started = countdown(1);
            if (how === "throws") {
              await start(handlers).ended;
              await database.sql("update mayfly.scheduled set run_at = now()");
            } else {
              await die(handlers, started.done, 1);
            }
          }
          await start(handlers).ended;
          assert.deepEqual(log, ["run 1", "hook", "hook", "hook", "run 2"]);
          assert.deepEqual(await ways(database), { "1 lost; 2 successful, last": 1 });
        });
      });
    }

    test("a lost attempt of an idempotent job does not count, five times in a row at most", async () => {
      await withFreezer(version, async ({ database, reasons, die, hang }) => {
        const work = defineJob<"work", Numbered>("work", { retries: 1, idempotent: true });
        let started = countdown(JOBS);
        const handlers = [
          work.handle(async ({ signal }) => {
            started.tick();
            await hang(signal);
          }),
        ];
        await clientOf(database).enqueueMany(numbers.map((n) => [work, { n }] as const));
        const lives = [];
        for (let attempt = 1; attempt <= 12; attempt++) {
          started = countdown(JOBS);
          lives.push(await die(handlers, started.done, JOBS));
        }
        for (const life of lives) life.thaw();
        await Promise.all(lives.map(({ ended }) => ended));
        assert.equal(reasons.length, 12 * JOBS);
        const six = (attempt: number) => Array(6).fill(`${attempt} lost`);
        assert.deepEqual(await ways(database), { [`${[...six(1), ...six(2)].join("; ")}, last`]: JOBS });
      });
    });
  });
}
