/**
 * Migrated databases on a real Postgres, a fresh one for every test that wants one.
 * @module
 */
import pgClient from "pg";
import type { Driver } from "../../src/driver/driver.ts";
import { pg } from "../../src/driver/pg.ts";
import { systemClock } from "../../src/mayfly/system-clock.ts";
import { migrate } from "../../src/store/migrate.ts";
import { postgresStore } from "../../src/store/postgres-store.ts";
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

/** Starts a server and prepares a template, from which databases are made in a few milliseconds. */
export async function startTestServer(version: PostgresVersion, settings?: Record<string, string>): Promise<TestServer> {
  const server = await startPostgres({ version, ...(settings ? { settings } : {}) });
  const template = await server.createDatabase();
  const setUp = openDatabase(template);
  await migrate(setUp.driver, { clock: systemClock });
  await setUp.close();
  return {
    server,
    database: async () => openDatabase(await server.createDatabase(template)),
    stop: () => server.stop(),
  };
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
