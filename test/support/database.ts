/**
 * Migrated databases on a real Postgres, a fresh one for every test that wants one.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach } from "node:test";
import pgClient from "pg";
import { systemClock } from "../../src/app/system-clock.ts";
import type { Driver, Row } from "../../src/postgres/driver/driver.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { migrations } from "../../src/postgres/sql/migrations.ts";
import type { Store } from "../../src/store/store.ts";
import { empty } from "./content.ts";
import { type PostgresServer, type SharedPostgres, sharedPostgres, startPostgres } from "./postgres.ts";
import type { PostgresVersion } from "./postgres-binaries.ts";

export interface TestDatabase {
  readonly url: string;
  readonly pool: pgClient.Pool;
  readonly driver: Driver;
  readonly store: Store;
  /** Runs SQL for the test's own purposes; rows as `pg` reads them. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface TestServer<Server extends SharedPostgres = SharedPostgres> {
  readonly server: Server;
  /** A database with the schema of this version and nothing in it. */
  database(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** Says to the files of a run where its servers are: see test/support/run-servers.ts. */
export const portVariable = (version: PostgresVersion) => `TEST_POSTGRES_${version}_PORT`;

/** The database in which the migrations have run. Nobody connects to it, so that it can be copied at any time. */
const TEMPLATE = "migrated";

/** The server of this version that the whole run shares; where a file runs alone, one of its own. */
export async function testServer(version: PostgresVersion): Promise<TestServer> {
  const port = process.env[portVariable(version)];
  return port ? withTemplate(sharedPostgres(Number(port))) : startSharedServer(version);
}

/** Vacuum is for tests that ask for it: on a server of their own. */
export const startSharedServer = (version: PostgresVersion) => startTestServer(version, { max_connections: "600", autovacuum: "off" });

/** Starts a server for a file that needs settings, or the whole server for itself. */
export async function startTestServer(
  version: PostgresVersion,
  settings: Record<string, string> = {},
): Promise<TestServer<PostgresServer>> {
  return withTemplate(await startPostgres({ version, from: await migratedData(version), settings }));
}

function withTemplate<Server extends SharedPostgres>(server: Server): TestServer<Server> {
  return {
    server,
    database: async () => openDatabase(await server.createDatabase(TEMPLATE)),
    stop: () => server.stop(),
  };
}

/** The data folder of a server that has the template, made once for each state of the schema: a copy takes a fraction of making it. */
async function migratedData(version: PostgresVersion): Promise<string> {
  const digest = createHash("sha256").update(JSON.stringify(migrations)).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `mayfly-data-${version}-${digest}`);
  if (!existsSync(path)) {
    const server = await startPostgres({ version });
    const first = openDatabase(server.url());
    await first.sql(`create database ${TEMPLATE}`);
    await first.close();
    const setUp = openDatabase(server.url(TEMPLATE));
    await migrate(setUp.driver, { clock: systemClock });
    await setUp.close();
    await server.keep(path);
  }
  return path;
}

/** Opens one on Postgres 18 before the tests of a file, and empties it before each of them: for what lies above the store. `setUp` runs once it is there. */
export function useDatabase(setUp: (database: TestDatabase) => Promise<void> = async () => {}): TestDatabase {
  let server: TestServer;
  let database: TestDatabase;
  before(async () => {
    server = await testServer(18);
    database = await server.database();
    await setUp(database);
  });
  after(async () => {
    await database.close();
    await server.stop();
  });
  beforeEach(() => empty(database));
  return {
    get url() {
      return database.url;
    },
    get pool() {
      return database.pool;
    },
    get driver() {
      return database.driver;
    },
    get store() {
      return database.store;
    },
    sql: (text, values) => database.sql(text, values),
    close: () => database.close(),
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
