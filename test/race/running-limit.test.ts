/**
 * Eight workers on keys with a running limit: never more than it allows, in order, and nobody else waits for them.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import { defer } from "../../src/job/defer.ts";
import type { Handler } from "../../src/job/handler.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { drain } from "../../src/worker/drain.ts";
import { openDatabase, type TestDatabase } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";
import { newId, newTurn, success } from "../support/samples.ts";
import { createWorker, LIMITS } from "../support/worker.ts";
import { countAcross, writeHistory } from "./history.ts";
import { sharedServer } from "./shared-server.ts";

const WORKERS = 8;
const MOST = 2;
const KEYS = ["a", "b", "c", "d", "e"];
const EACH = 24;

interface Numbered {
  readonly key: string;
  readonly n: number;
}
const numbered = Array.from({ length: EACH }, (_, n) => KEYS.map((key): Numbered => ({ key, n }))).flat();
const capped = defineJob<"capped", Numbered>("capped", {
  concurrencyKey: ({ key }) => key,
  limit: { running: MOST },
  retries: 2,
  retryDelay: () => 0,
});
const free = defineJob<"free", Numbered>("free");

/** How many run at once of each key, as handlers see it. */
class Gauge {
  readonly running = new Map<string, number>();
  highest = 0;

  async during<T>(key: string, run: () => Promise<T>): Promise<T> {
    const now = (this.running.get(key) ?? 0) + 1;
    this.running.set(key, now);
    this.highest = Math.max(this.highest, now);
    try {
      return await run();
    } finally {
      this.running.set(key, (this.running.get(key) ?? 0) - 1);
    }
  }
}

/** Runs all there is on workers with a connection each, and then looks that nothing is left. */
async function runAll(database: TestDatabase, handlers: readonly Handler<undefined>[]): Promise<void> {
  const connections = Array.from({ length: WORKERS }, () => openDatabase(database.url, 1));
  try {
    await Promise.all(connections.map(({ store }) => drain(createWorker({ store, handlers, slots: 5 }), { park: true, waitMs: 1_000 })));
    const left = await database.sql("select name, state, reason, held_key from mayfly.live");
    assert.deepEqual(left, []);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

async function onDatabase(version: PostgresVersion, run: (database: TestDatabase) => Promise<void>): Promise<void> {
  const server = await sharedServer(version);
  const database = await server.database();
  await writeHistory(database);
  try {
    await run(database);
    assert.equal((await countAcross(database, []))["starts beyond a running limit"], 0);
  } finally {
    await database.close();
  }
}

const clientOf = ({ store }: TestDatabase) => createJobs({ store, limits: LIMITS, ids: { newId, clock: systemClock } });

/** As the database counts them. */
async function runningNow({ sql }: TestDatabase, key: string): Promise<number> {
  const [row] = await sql<{ n: number }>("select count(*)::int as n from mayfly.running where held_key = $1", [key]);
  return row?.n ?? 0;
}

for (const version of [18, 15] satisfies PostgresVersion[]) {
  describe(`${WORKERS} workers and a running limit of ${MOST}, Postgres ${version}`, () => {
    test("never more run at once, those without a limit are not held up, and all run in the end", async () => {
      await onDatabase(version, async (database) => {
        const gauge = new Gauge();
        const runs = new Map<string, number>();
        const allFree = Promise.withResolvers<void>();
        let freed = 0;
        let highestInSql = 0;
        const handlers = [
          capped.handle(({ payload: { key }, id }) =>
            gauge.during(key, async () => {
              runs.set(id, (runs.get(id) ?? 0) + 1);
              // Whoever is without a limit has to come past these.
              await allFree.promise;
              highestInSql = Math.max(highestInSql, await runningNow(database, key));
            }),
          ),
          free.handle(() => {
            if (++freed === numbered.length) allFree.resolve();
          }),
        ];
        await clientOf(database).enqueueMany(numbered.flatMap((one) => [capped, free].map((definition) => [definition, one] as const)));
        await runAll(database, handlers);
        assert.deepEqual([gauge.highest, highestInSql], [MOST, MOST]);
        assert.equal(runs.size, numbered.length);
        assert.ok([...runs.values()].every((times) => times === 1));
        assert.equal(freed, numbered.length);
      });
    });

    test("retries and deferrals give their place back, and take one again", async () => {
      await onDatabase(version, async (database) => {
        const gauge = new Gauge();
        const ends = new Map<string, number>();
        const handlers = [
          capped.handle(({ payload: { key, n }, attempt }) =>
            gauge.during(key, async () => {
              assert.ok((await runningNow(database, key)) <= MOST);
              if (n % 4 === 1 && attempt === 1) throw new Error("once more");
              if (n % 4 === 2 && attempt === 1) return defer("1ms", { countsAsAttempt: true });
              ends.set(key, (ends.get(key) ?? 0) + 1);
              return undefined;
            }),
          ),
        ];
        await clientOf(database).enqueueMany(numbered.map((payload) => [capped, payload] as const));
        await runAll(database, handlers);
        assert.equal(gauge.highest, MOST);
        assert.deepEqual(Object.fromEntries([...ends].sort()), Object.fromEntries(KEYS.map((key) => [key, EACH])));
        const outcomes = await database.sql("select outcome, count(*)::int as n from mayfly.result group by outcome order by outcome");
        assert.deepEqual(outcomes, [
          { outcome: "deferred", n: numbered.length / 4 },
          { outcome: "errored", n: numbered.length / 4 },
          { outcome: "successful", n: numbered.length },
        ]);
      });
    });

    test("jobs of a key that had to wait start in their order, give or take those that are let in at once", async (t) => {
      await onDatabase(version, async (database) => {
        await clientOf(database).enqueueMany(numbered.map((payload) => [capped, payload] as const));
        // One worker meets them all first, and sets aside those that have to wait.
        const first = newTurn({ names: ["capped"], slots: EACH * KEYS.length });
        const { jobs, setAside } = await database.store.turn(first);
        assert.deepEqual([jobs.length, setAside], [MOST * KEYS.length, (EACH - MOST) * KEYS.length]);
        const settle = jobs.map(({ id }) => success(id, first.claimId));
        await database.store.turn({ ...first, slots: 0, settle });

        await runAll(database, [capped.handle(({ payload: { key } }) => runningNow(database, key))]);
        const [overtaken] = await database.sql<{ n: number; places: number }>(
          `with started as (
             select e.capped, e.tx::text::bigint as tx, e.seq, (j.payload ->> 'n')::int as n
             from race.event e join mayfly.job j on j.id = e.id where e.kind = 'I' and e.place = 'running'
           )
           select count(*)::int as n, coalesce(max(a.n - b.n), 0)::int as places
           from started a join started b using (capped) where a.tx <> b.tx and a.seq < b.seq and a.n > b.n`,
        );
        t.diagnostic(`overtaken ${JSON.stringify(overtaken)}`);
        assert.ok((overtaken?.places ?? 0) <= WORKERS, `one overtook ${overtaken?.places}`);
      });
    });
  });
}
