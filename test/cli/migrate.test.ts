/**
 * `mayfly migrate`, against what DATABASE_URL says.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import { migrations } from "../../src/postgres/sql/migrations.ts";
import { openDatabase, testServer } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import type { SharedPostgres } from "../support/postgres.ts";
import { run } from "./program.ts";

let server: SharedPostgres;
before(async () => {
  ({ server } = await testServer(18));
});
after(() => server.stop());

const names = migrations.map(({ name }) => name);

test("applies what is missing, over a connection and over Neon's HTTP, and says so", async () => {
  const [overPg, overHttp] = [await server.createDatabase(), openDatabase(await server.createDatabase())];
  const endpoint = await startNeonEndpoint({ database: pgDatabase(overHttp.pool) });
  const environments = [{ DATABASE_URL: overPg }, { DATABASE_URL: overHttp.url, MAYFLY_NEON_ENDPOINT: endpoint.url }];
  for (const env of environments) {
    const first = run(["migrate"], env);
    assert.deepEqual([await first.ended, first.output()], [0, `Applied ${names.join(", ")}: the schema is at version ${names.length}.\n`]);
    const second = run(["migrate", "--json"], env);
    assert.deepEqual([await second.ended, JSON.parse(second.output())], [0, { applied: [], version: names.length }]);
  }
  await endpoint.close();
  await overHttp.close();
});

test("--dry-run says what is missing and applies nothing", async () => {
  const database = openDatabase(await server.createDatabase());
  const env = { DATABASE_URL: database.url };
  const dry = run(["migrate", "--dry-run"], env);
  assert.deepEqual([await dry.ended, dry.output()], [0, `Would apply ${names.join(", ")}.\n`]);
  assert.deepEqual(await database.sql("select to_regnamespace('mayfly') as schema"), [{ schema: null }]);
  await run(["migrate"], env).ended;
  const again = run(["migrate", "--dry-run", "--json"], env);
  assert.deepEqual([await again.ended, JSON.parse(again.output())], [0, { missing: [] }]);
  await database.close();
});

test("--print prints a script that makes what migrate makes, without a database; a second run of it changes nothing", async () => {
  const printed = run(["migrate", "--print"], {});
  assert.equal(await printed.ended, 0);
  const database = openDatabase(await server.createDatabase());
  await database.sql(`begin; ${printed.output()} commit`);
  const checked = run(["migrate", "--json"], { DATABASE_URL: database.url });
  assert.deepEqual([await checked.ended, JSON.parse(checked.output())], [0, { applied: [], version: names.length }]);
  await assert.rejects(database.sql(printed.output()), { code: "23505" });
  await database.close();
});

test("--print --from prints the later ones only", async () => {
  const database = openDatabase(await server.createDatabase());
  const all = run(["migrate", "--print"], {});
  const last = run(["migrate", "--print", "--from", String(names.length)], {});
  assert.deepEqual([await all.ended, await last.ended], [0, 0]);
  const [before = ""] = all.output().split(`-- ${names.length}: `);
  await database.sql(before);
  await database.sql(last.output());
  const checked = run(["migrate", "--dry-run"], { DATABASE_URL: database.url });
  assert.deepEqual([await checked.ended, checked.output()], [0, "Nothing to do.\n"]);
  await database.close();
  for (const from of ["0", "x", String(names.length + 1)]) {
    const wrong = run(["migrate", "--print", "--from", from], {});
    assert.equal(await wrong.ended, 2);
    assert.match(wrong.output(), /the number of a migration, from 1 to \d/);
  }
});

test("uninstall says what would be lost, and with --yes leaves nothing", async () => {
  const database = openDatabase(await server.createDatabase());
  const env = { DATABASE_URL: database.url };
  const none = run(["uninstall"], env);
  assert.deepEqual([await none.ended, none.output().includes("has no schema mayfly")], [0, true]);
  await run(["migrate"], env).ended;
  const asked = run(["uninstall"], env);
  assert.equal(await asked.ended, 2);
  assert.match(asked.output(), /would remove the schema mayfly from the database ".*no way back\. With --yes it does/);
  assert.deepEqual(await database.sql("select to_regnamespace('mayfly')::text as schema"), [{ schema: "mayfly" }]);
  assert.equal(await run(["uninstall", "--yes"], env).ended, 0);
  assert.deepEqual(await database.sql("select to_regnamespace('mayfly') as schema"), [{ schema: null }]);
  await database.close();
});

test("grants a role what its kind needs, and prints the same", async () => {
  const database = openDatabase(await server.createDatabase());
  const env = { DATABASE_URL: database.url };
  const role = `Shop's ${database.url.slice(-8)}`;
  await database.sql(`create role "${role}" login`);
  const made = run(["migrate", "--grant", `producer=${role}`], env);
  assert.deepEqual([await made.ended, made.output().split("\n")[1]], [0, `The role "${role}" has what a producer needs.`]);
  const printed = run(["grants", `producer=${role}`, `viewer=${role}`], env);
  assert.equal(await printed.ended, 0);
  const [first, second] = printed.output().split("\n");
  assert.equal(first, `grant usage on schema mayfly to "${role}";`);
  assert.match(second ?? "", /^grant execute on function mayfly\.enqueue_group_v1\(jsonb,uuid\[\],json\) to "Shop's/);
  const shop = openDatabase(Object.assign(new URL(database.url), { username: role }).href, 1);
  await shop.sql(`select * from mayfly.enqueue_v1('[{"name": "a"}]')`);
  await assert.rejects(shop.sql("select * from mayfly.live"), { code: "42501" });
  const wrong = run(["migrate", "--grant", "boss=x"], env);
  assert.deepEqual([await wrong.ended, wrong.output().includes("producer=<role>")], [2, true]);
  await shop.close();
  await database.sql(`drop owned by "${role}"`);
  await database.sql(`drop role "${role}"`);
  await database.close();
});

test("says what is wrong with the environment or the database, never the password", async () => {
  const port = await freePort();
  const cases: [env: Record<string, string>, said: RegExp][] = [
    [{}, /DATABASE_URL is not set/],
    [{ DATABASE_URL: "not a url secret" }, /DATABASE_URL is no URL/],
    [{ DATABASE_URL: `mysql://u:secret@127.0.0.1:${port}/d` }, /DATABASE_URL is no URL of the form postgresql:/],
    [
      { DATABASE_URL: `postgresql://u:secret@127.0.0.1:${port}/d`, MAYFLY_NEON_ENDPOINT: `postgresql://u:secret@127.0.0.1:${port}/d` },
      /MAYFLY_NEON_ENDPOINT.* does not have the form https:/,
    ],
    [{ DATABASE_URL: `postgresql://u:secret@127.0.0.1:${port}/d` }, /cannot be reached.*Is it running\?/],
    [{ DATABASE_URL: `${server.url("missing").replace(/:[^:@]+@/, ":secret@")}` }, /database "missing" does not exist/],
  ];
  for (const [env, said] of cases) {
    const program = run(["migrate"], env);
    assert.equal(await program.ended, 2);
    assert.match(program.output(), said);
    assert.ok(!program.output().includes("secret"), program.output());
    assert.equal(program.output().trim().split("\n").length, 1, "one sentence, no stack");
  }
});
