/**
 * The same tests on every Postgres there is: servers of both ends of the supported range, and PGlite.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { systemClock } from "../../src/app/system-clock.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { pglite } from "../../src/postgres/driver/pglite.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { migrations } from "../../src/postgres/sql/migrations.ts";
import type { Store } from "../../src/store/store.ts";
import { empty } from "./content.ts";
import { type TestDatabase, type TestServer, testServer } from "./database.ts";
import type { PostgresVersion } from "./postgres-binaries.ts";

/** A migrated database, as far as every kind of Postgres can give one. */
export interface SqlDatabase {
  readonly driver: Driver;
  readonly store: Store;
  /** Runs SQL for the test's own purposes. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** With nothing in it. The tests of one Postgres share it, one after the other. */
export type OpenDatabase = () => Promise<SqlDatabase>;

/** Defines the tests once for each Postgres. */
export function onEachPostgres(define: (open: OpenDatabase) => void): void {
  onEachServer(define);
  describe("PGlite", () => {
    let database: SqlDatabase & { close(): Promise<void> };
    before(async () => {
      database = await openPglite();
    });
    after(() => database.close());
    define(() => emptied(database));
  });
}

/** Defines the tests once for each server: what needs a second connection. */
export function onEachServer(define: (open: () => Promise<TestDatabase>, version: PostgresVersion) => void): void {
  for (const version of [18, 15] as const) {
    describe(`Postgres ${version}`, () => {
      let server: TestServer;
      let database: TestDatabase;
      before(async () => {
        server = await testServer(version);
        database = await server.database();
      });
      after(async () => {
        await database.close();
        await server.stop();
      });
      define(() => emptied(database), version);
    });
  }
}

async function emptied<Database extends SqlDatabase>(database: Database): Promise<Database> {
  await empty(database);
  return database;
}

/** A migrated database as a file, made once for each state of the schema: loading it takes a fraction of making it. */
async function migratedData(): Promise<Blob> {
  const digest = createHash("sha256").update(JSON.stringify(migrations)).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `mayfly-pglite-${digest}.tar`);
  if (!existsSync(path)) {
    const db = await PGlite.create();
    await migrate(pglite(db), { clock: systemClock });
    const half = `${path}.${process.pid}`;
    writeFileSync(half, Buffer.from(await (await db.dumpDataDir("none")).arrayBuffer()));
    renameSync(half, path);
    await db.close();
  }
  return new Blob([readFileSync(path)]);
}

/** PGlite alone, in this process. */
export interface PgliteDatabase extends SqlDatabase {
  readonly db: PGlite;
  close(): Promise<void>;
}

/** One that is opened once, since that takes a second. */
export async function openPglite(): Promise<PgliteDatabase> {
  const db = await PGlite.create({ loadDataDir: await migratedData() });
  const driver = pglite(db);
  return {
    db,
    driver,
    store: postgresStore({ driver, clock: systemClock }),
    async sql<Row extends object>(text: string, values: unknown[] = []) {
      const { rows } = await db.query<Row>(text, values);
      return rows;
    },
    close: () => db.close(),
  };
}
