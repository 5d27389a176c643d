/**
 * What `#tcp` is in all other programs: connections to any Postgres, by the client that is installed beside this package.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import type { Driver } from "./driver.ts";
import { malformed } from "./neon-url.ts";
import { type PgPool, pg } from "./pg.ts";
import { type PostgresJs, postgresJs } from "./postgres-js.ts";

/** One for a process, however often it asks: each has a pool. */
const drivers = new Map<string, Driver>();

/**
 * A driver over at most 10 connections, which keep no process alive for longer than 10 seconds, and none at all with `pg`. The client is loaded with the first call, which fails with
 * `invalid_config` where none is installed.
 * @throws `invalid_config` for what is no connection string
 */
export function openTcp(url: string): Driver {
  checkForm(url);
  const driver = drivers.get(url) ?? openedLate(() => connectTo(url));
  drivers.set(url, driver);
  return driver;
}

function checkForm(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // With an "@" this late, what looks like the host is a part of a password that has an unencoded "/".
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || `${parsed.pathname}${parsed.search}${parsed.hash}`.includes("@"))
    throw malformed();
}

function openedLate(open: () => Promise<Driver>): Driver {
  let opened: Promise<Driver> | undefined;
  const driver = () => {
    opened ??= open();
    return opened;
  };
  return {
    query: async (statement, options) => (await driver()).query(statement, options),
    transaction: async (statements, options) => (await driver()).transaction(statements, options),
  };
}

async function connectTo(url: string): Promise<Driver> {
  const named = { application_name: "mayfly" };
  const pgClient = await loaded("pg");
  if (pgClient) return pg(new pgClient.Pool({ ...named, connectionString: url, keepAlive: true, allowExitOnIdle: true }));
  const postgres = await loaded("postgres");
  if (postgres) return postgresJs(postgres(url, { connection: named, idle_timeout: 10, onnotice: () => {} }));
  throw new MayflyError(
    "invalid_config",
    "The database is reached over TCP, and neither of the packages pg and postgres is there. Install one: npm install pg. Where the program is bundled, import it: database: (env) => pg(new Pool({ connectionString: env.DATABASE_URL })).",
  );
}

interface Clients {
  readonly pg: { readonly Pool: new (options: object) => PgPool };
  readonly postgres: (url: string, options: object) => PostgresJs;
}

/** A bundler leaves alone what it cannot read the name of: a client that is not used is in no bundle. Undefined: it is not installed. */
async function loaded<Name extends keyof Clients>(name: Name): Promise<Clients[Name] | undefined> {
  try {
    return (await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name)).default;
  } catch {
    return undefined;
  }
}
