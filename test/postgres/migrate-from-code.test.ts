/**
 * The schema from code: `mayfly/migrate`.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { pglite } from "../../src/index.ts";
import { migrate, migrationScript, pendingMigrations, uninstall } from "../../src/migrate.ts";
import { migrations } from "../../src/postgres/sql/migrations.ts";
import { openDatabase, testServer } from "../support/database.ts";

const names = migrations.map(({ name }) => name);

test("a database in the process gets the schema, and loses it", async () => {
  const db = await PGlite.create();
  const driver = pglite(db);
  assert.deepEqual(await pendingMigrations(driver), names);
  assert.deepEqual(await migrate(driver), { applied: names, version: names.length });
  assert.deepEqual(await migrate(driver), { applied: [], version: names.length });
  assert.deepEqual(await pendingMigrations(driver), []);
  await uninstall(driver);
  assert.deepEqual(await pendingMigrations(driver), names);
  await db.close();
});

test("so does one of a connection string", async (t) => {
  const { server, stop } = await testServer(18);
  t.after(stop);
  const database = openDatabase(await server.createDatabase());
  assert.deepEqual(await migrate(database.url), { applied: names, version: names.length });
  assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.migration"), [{ n: names.length }]);
  await database.close();
});

test("the script makes it in a database in the process", async () => {
  const db = await PGlite.create();
  await db.exec(migrationScript());
  assert.deepEqual(await pendingMigrations(pglite(db)), []);
  await db.close();
});
