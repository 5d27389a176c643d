/**
 * Migrated databases on a real Postgres, a fresh one for every test that wants one.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pgClient from "pg";
import { systemClock } from "../../src/app/system-clock.ts";
import type { Driver, Row } from "../../src/postgres/driver/driver.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { migrations } from "../../src/postgres/sql/migrations.ts";
import type { Store } from "../../src/store/store.ts";
import { type PostgresServer, type PostgresVersion, startPostgres } from "./postgres.ts";

export interface TestDatabase {
  readonly url: string;
  readonly pool: pgClient.Pool;
  readonly driver: Driver;
  readonly store: Store;
  /** Runs SQL for the test's own purposes; rows as `pg` reads them. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface TestServer {
  readonly server: PostgresServer;
  /** A database with the schema of this version and nothing in it. */
  database(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** Starts a server that has a template, from which databases are made. */
export async function startTestServer(version: PostgresVersion, settings?: Record<string, string>): Promise<TestServer> {
  const server = await startPostgres({ version, from: await migratedData(version), ...(settings ? { settings } : {}) });
  return {
    server,
    database: async () => openDatabase(await server.createDatabase(server.url())),
    stop: () => server.stop(),
  };
}

/** The data folder of a server whose first database is migrated, made once for each state of the schema: a copy takes a fraction of making it. */
async function migratedData(version: PostgresVersion): Promise<string> {
  const digest = createHash("sha256").update(JSON.stringify(migrations)).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `mayfly-pg${version}-${digest}`);
  if (!existsSync(path)) {
    const server = await startPostgres({ version });
    const setUp = openDatabase(server.url());
    await migrate(setUp.driver, { clock: systemClock });
    await setUp.close();
    await server.keep(path);
  }
  return path;
}

/** A database as tests use it, over connections of its own. */
export function openDatabase(url: string, max = 40): TestDatabase {
  const pool = new pgClient.Pool({ connectionString: url, max });
  pool.on("error", () => {});
  const driver = pg(pool);
  return {
    url,
    pool,
    driver,
    store: postgresStore({ driver, clock: systemClock }),
    async sql<Row extends object>(text: string, values: unknown[] = []) {
      const { rows } = await pool.query<Row>(text, values);
      return rows;
    },
    close: () => pool.end(),
  };
}

/** A store whose calls go over one connection, in whatever transaction that is. */
export function storeOver(client: pgClient.ClientBase): Store {
  const driver: Driver = {
    async query({ text, params }) {
      const { rows } = await client.query({ text, values: [...params], types: { getTypeParser: () => (value: string) => value } });
      return rows as Row[];
    },
    transaction: () => Promise.reject(new Error("this connection takes no transaction")),
  };
  return postgresStore({ driver, clock: systemClock });
}
