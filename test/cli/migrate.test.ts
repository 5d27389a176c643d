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
