/**
 * The database of the local stack: PGlite in the data folder, or the Postgres that DATABASE_URL names.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { toDriverError } from "../postgres/driver/classify.ts";
import type { Driver } from "../postgres/driver/driver.ts";
import { pg } from "../postgres/driver/pg.ts";
import { pglite } from "../postgres/driver/pglite.ts";
import { type EndpointDatabase, pgDatabase, pgliteDatabase } from "./neon-endpoint/database.ts";

export interface LocalDatabase {
  /** What it is, for the banner. */
  readonly description: string;
  readonly driver: Driver;
  readonly endpoint: EndpointDatabase;
  /** Runs a file of SQL that may be run at every start. */
  runFile(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens it. With a URL, any Postgres; without one, an embedded Postgres in the folder. */
export async function openLocalDatabase(folder: string, url: string | undefined): Promise<LocalDatabase> {
  return url === undefined ? await openPglite(join(folder, "postgres")) : await openPostgres(url);
}

async function openPglite(dataDir: string): Promise<LocalDatabase> {
  const { PGlite } = await import("@electric-sql/pglite").catch((cause: unknown) => {
    const message =
      "Without DATABASE_URL the local stack needs the package @electric-sql/pglite. Install it: npm install --save-dev @electric-sql/pglite";
    throw new MayflyError("invalid_config", message, { cause });
  });
  const db = await PGlite.create({ dataDir });
  return {
    description: "an embedded Postgres",
    driver: pglite(db),
    endpoint: pgliteDatabase(db),
    async runFile(path) {
      await db.exec(readFileSync(path, "utf8"));
    },
    close: () => db.close(),
  };
}

async function openPostgres(url: string): Promise<LocalDatabase> {
  const { default: client } = await import("pg");
  const pool = new client.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000 });
  return {
    description: "the Postgres of DATABASE_URL",
    driver: pg(pool),
    endpoint: pgDatabase(pool),
    async runFile(path) {
      try {
        await pool.query(readFileSync(path, "utf8"));
      } catch (error) {
        throw toDriverError(error);
      }
    },
    close: () => pool.end(),
  };
}
