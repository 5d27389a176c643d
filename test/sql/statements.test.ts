/**
 * Every statement is one that Postgres accepts as it stands.
 * @module
 */
import { test } from "node:test";
import * as statements from "../../src/postgres/sql/statements.ts";
import { onEachPostgres } from "../support/each-postgres.ts";

/** DDL and locks cannot be prepared; migrate.test.ts runs them. */
const UNPREPARED = new Set(["migrationSchema", "migrationTable", "migrationLock", "dropSchema"]);

onEachPostgres((open) => {
  for (const [name, text] of Object.entries(statements).filter(([name]) => !UNPREPARED.has(name))) {
    test(`${name} can be prepared`, async () => {
      const { sql } = await open();
      await sql(`prepare ${name} as ${text}`);
    });
  }
});
