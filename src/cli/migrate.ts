/**
 * `mayfly migrate`: brings the database to the schema of this version.
 * @module
 */
import type { Command } from "commander";
import { MayflyError } from "../core/errors.ts";
import type { Driver } from "../driver/driver.ts";
import { neonHttp } from "../driver/neon-http.ts";
import { pg } from "../driver/pg.ts";
import { neonEndpointOf } from "../mayfly/environment.ts";
import { systemClock } from "../mayfly/system-clock.ts";
import { migrate } from "../store/migrate.ts";

/** Adds the command. */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("apply what the schema of DATABASE_URL lacks; safe to run from several deployments at once")
    .option("--json", "print the result as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { driver, close } = await openDatabase();
      try {
        const { applied, version } = await migrate(driver, { clock: systemClock });
        if (json) console.log(JSON.stringify({ applied, version }));
        else if (applied.length === 0) console.log(`Nothing to do: the schema is at version ${version}.`);
        else console.log(`Applied ${applied.join(", ")}: the schema is at version ${version}.`);
      } finally {
        await close();
      }
    });
}

/** Neon's HTTP protocol where an endpoint is set or the host is Neon's; else a connection by the package pg. */
async function openDatabase(): Promise<{ driver: Driver; close(): Promise<void> }> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new MayflyError("invalid_config", "DATABASE_URL is not set. Set it to the database's connection string.");
  if (!URL.canParse(url))
    throw new MayflyError("invalid_config", "DATABASE_URL is no URL of the form postgresql://user:password@host/database.");
  const endpoint = neonEndpointOf(process.env);
  if (endpoint !== undefined || /\.neon\.(tech|build)$/.test(new URL(url).hostname)) {
    return { driver: neonHttp(url, endpoint === undefined ? {} : { endpoint }), close: async () => {} };
  }
  const { default: client } = await import("pg");
  const pool = new client.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000 });
  pool.on("error", () => {});
  return { driver: pg(pool), close: () => pool.end() };
}
