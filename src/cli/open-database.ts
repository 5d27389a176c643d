/**
 * The database of DATABASE_URL.
 * @module
 */
import type { ListenClient } from "../../adapters/container/index.ts";
import { neonEndpointOf } from "../app/environment.ts";
import { MayflyError } from "../base/errors.ts";
import type { Driver } from "../postgres/driver/driver.ts";
import { neonHttp } from "../postgres/driver/neon-http.ts";
import { isNeonHost } from "../postgres/driver/neon-url.ts";
import { pg } from "../postgres/driver/pg.ts";

export interface OpenDatabase {
  readonly driver: Driver;
  /** Makes a client that can listen; undefined over HTTP. */
  readonly client?: () => ListenClient;
  close(): Promise<void>;
}

/**
 * Neon's HTTP protocol where an endpoint is set or the host is Neon's; else a connection by the package pg.
 * @throws `invalid_config` when DATABASE_URL is missing or no URL of a Postgres
 */
export async function openDatabase(env: NodeJS.ProcessEnv, { connections = 1 } = {}): Promise<OpenDatabase> {
  const url = env.DATABASE_URL;
  if (!url) throw new MayflyError("invalid_config", "DATABASE_URL is not set. Set it to the database's connection string.");
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new MayflyError("invalid_config", "DATABASE_URL is no URL of the form postgresql://user:password@host/database.");
  const endpoint = neonEndpointOf(env);
  if (endpoint !== undefined || isNeonHost(new URL(url).hostname)) {
    return { driver: neonHttp(url, endpoint === undefined ? {} : { endpoint }), close: async () => {} };
  }
  const { default: client } = await importPg();
  const how = { connectionString: url, connectionTimeoutMillis: 10_000, application_name: "mayfly", keepAlive: true };
  const pool = new client.Pool({ ...how, max: connections });
  return { driver: pg(pool), client: () => new client.Client(how), close: () => pool.end() };
}

/** An optional peer: whoever has a Neon database does without. */
async function importPg() {
  try {
    return await import("pg");
  } catch (error) {
    throw new MayflyError("invalid_config", "DATABASE_URL is reached over TCP, which needs the package pg. Install it: npm install pg", {
      cause: error,
    });
  }
}
