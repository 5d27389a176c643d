/**
 * Migrating: once, whoever does it, however often, over whatever driver.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { systemClock } from "../../src/app/system-clock.ts";
import { isMayflyError } from "../../src/base/errors.ts";
import { pgDatabase, pgliteDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { neonHttp } from "../../src/postgres/driver/neon-http.ts";
import { pglite } from "../../src/postgres/driver/pglite.ts";
import { checkSchema, migrate } from "../../src/postgres/migrate.ts";
import { migrations } from "../../src/postgres/sql/migrations.ts";
import { countRoundTrips, injectFaults } from "../../src/testing/index.ts";
import { openDatabase, testServer } from "../support/database.ts";
import type { SharedPostgres } from "../support/postgres.ts";
import { newJob, newTick } from "../support/samples.ts";

const clock = systemClock;
const names = migrations.map(({ name }) => name);

/** Several deployments at once, and one that comes later. */
async function migratesOnce(driver: Driver): Promise<void> {
  const results = await Promise.all(Array.from({ length: 4 }, () => migrate(driver, { clock })));
  assert.deepEqual(results.flatMap(({ applied }) => applied).sort(), [...names].sort());
  assert.ok(results.every(({ version }) => version === migrations.length));
  const counted = countRoundTrips(driver);
  assert.deepEqual(await migrate(counted, { clock }), { applied: [], version: migrations.length });
  assert.equal(counted.roundTrips, 1);
  const [row] = await driver.query({ text: 'select count(*) as n from mayfly.enqueue_v1(\'[{"name": "work"}]\')', params: [] });
  assert.equal(row?.n, "1");
}

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: SharedPostgres;
    before(async () => {
      ({ server } = await testServer(version));
    });
    after(() => server.stop());

    async function withDatabase(use: (database: ReturnType<typeof openDatabase>) => Promise<void>) {
      const database = openDatabase(await server.createDatabase());
      try {
        await use(database);
      } finally {
        await database.close();
      }
    }

    test("four deployments at once apply each migration once, over pg", () => withDatabase(({ driver }) => migratesOnce(driver)));

    test("four deployments at once apply each migration once, over Neon HTTP", () =>
      withDatabase(async ({ pool, url }) => {
        const endpoint = await startNeonEndpoint({ database: pgDatabase(pool) });
        await migratesOnce(neonHttp(url, { endpoint: endpoint.url }));
        await endpoint.close();
      }));

    test("a lost reply at any call changes nothing", () =>
      withDatabase(async ({ driver, sql }) => {
        // What a request that never comes leaves behind does not depend on the version.
        for (const kind of version === 18 ? (["drop-reply", "drop-request"] as const) : (["drop-reply"] as const)) {
          for (let nth = 1; nth <= 2 + 2 * migrations.length; nth++) {
            await sql("drop schema if exists mayfly cascade");
            const { version } = await migrate(
              injectFaults(driver, (call) => (call === nth ? { kind } : undefined)),
              { clock },
            );
            assert.equal(version, migrations.length);
            assert.deepEqual(
              await sql("select name from mayfly.migration order by number"),
              names.map((name) => ({ name })),
            );
          }
        }
      }));

    test("a migration that fails leaves the ledger and the schema as they were", () =>
      withDatabase(async ({ driver, sql }) => {
        await migrate(driver, { clock });
        const broken = {
          number: migrations.length + 1,
          name: "broken",
          digest: "broken",
          breaking: false,
          statements: ["create table mayfly.half ()", "selec"],
        };
        await assert.rejects(migrate(driver, { clock, known: [...migrations, broken] }), { sqlState: "42601" });
        assert.deepEqual(await sql("select to_regclass('mayfly.half') as half, count(*)::int as n from mayfly.migration"), [
          { half: null, n: migrations.length },
        ]);
      }));

    test("a newer schema is fine, unless its migration is marked breaking", () =>
      withDatabase(async ({ driver, store, sql }) => {
        const newer = { number: migrations.length + 1, name: "newer", digest: "newer", breaking: false, statements: [] };
        await migrate(driver, { clock, known: [...migrations, newer] });
        assert.deepEqual(await migrate(driver, { clock }), { applied: [], version: newer.number });
        assert.equal((await store.enqueue([newJob()]))[0]?.outcome, "enqueued");
        await sql("update mayfly.migration set breaking = true where name = 'newer'");
        await assert.rejects(migrate(driver, { clock }), (error) => isMayflyError(error, "schema_too_new"));
      }));

    for (const [what, change] of [
      ["a migration of the same number that did something else", "update mayfly.migration set digest = 'other' where number = 2"],
      ["a ledger of another kind", "alter table mayfly.migration rename column number to version"],
    ] as const) {
      test(`${what} is refused, in one sentence that says what to do`, () =>
        withDatabase(async ({ driver, sql }) => {
          await migrate(driver, { clock });
          await sql(change);
          for (const call of [() => migrate(driver, { clock }), () => checkSchema(driver, clock)])
            await assert.rejects(
              call,
              (error) => isMayflyError(error, "schema_differs") && /^The [^.]+ delete its old folder \.mayfly\/\.$/.test(error.message),
            );
        }));
    }

    test("no lock is taken that any role could hold", () =>
      withDatabase(async ({ driver, pool }) => {
        const stranger = await pool.connect();
        await stranger.query("begin; select pg_advisory_xact_lock(7381, 1)");
        assert.equal((await migrate(driver, { clock })).version, migrations.length);
        await stranger.query("rollback");
        stranger.release();
      }));

    test("what is asked of a database that was never migrated says how to", () =>
      withDatabase(async ({ store }) => {
        for (const call of [
          () => store.enqueue([newJob()]),
          () => store.tick(newTick()),
          () => store.maintain(7, 1),
          () => store.job(newJob().id),
        ]) {
          await assert.rejects(call, (error) => isMayflyError(error, "schema_missing") && error.message.includes("npx mayfly migrate"));
        }
      }));

    test("a producer's role may enqueue and nothing else", () =>
      withDatabase(async ({ driver, pool, sql }) => {
        await migrate(driver, { clock });
        const role = `producer_${version}`;
        await sql(`create role ${role}`);
        await sql(`grant usage on schema mayfly to ${role}`);
        await sql(`grant execute on function mayfly.enqueue_v1 to ${role}`);
        const client = await pool.connect();
        try {
          await client.query(`set role ${role}`);
          const { rows } = await client.query(
            'select outcome from mayfly.enqueue_v1(\'[{"name": "a", "key": "k", "limit": 1}, {"name": "b"}]\')',
          );
          assert.deepEqual(rows, [{ outcome: "enqueued" }, { outcome: "enqueued" }]);
          const { rows: allowed } = await client.query<{ name: string }>(
            `select p.oid::regproc::text as name from pg_proc p
             where p.pronamespace = 'mayfly'::regnamespace and has_function_privilege(p.oid, 'execute')
             union all
             select c.oid::regclass::text from pg_class c
             where c.relnamespace = 'mayfly'::regnamespace and c.relkind in ('r', 'p', 'v') and has_table_privilege(c.oid, 'select, insert, update, delete')`,
          );
          assert.deepEqual(allowed, [{ name: "mayfly.enqueue_v1" }]);
          await assert.rejects(client.query("select mayfly.rescue_v1(1, 1, null)"), { code: "42501" });
          await assert.rejects(client.query("delete from mayfly.job"), { code: "42501" });
        } finally {
          await client.query("reset role");
          client.release();
          await sql(`drop owned by ${role}`);
          await sql(`drop role ${role}`);
        }
      }));
  });
}

describe("PGlite", () => {
  test("four deployments at once apply each migration once, directly and over Neon HTTP", async () => {
    const db = await PGlite.create();
    await migratesOnce(pglite(db));
    // An empty one more takes longer than to empty this one.
    await db.exec("drop schema mayfly cascade");
    const endpoint = await startNeonEndpoint({ database: pgliteDatabase(db) });
    await migratesOnce(neonHttp(`postgresql://u:p@127.0.0.1:${new URL(endpoint.url).port}/d`, { endpoint: endpoint.url }));
    await endpoint.close();
    await db.close();
  });
});
