/**
 * `mayfly migrate`: brings the database to the schema of this version.
 * @module
 */
import type { Command } from "commander";
import { systemClock } from "../app/system-clock.ts";
import { migrate } from "../postgres/migrate.ts";
import { openDatabase } from "./open-database.ts";

/** Adds the command. */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("apply what the schema of DATABASE_URL lacks; safe to run from several deployments at once")
    .option("--json", "print the result as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { driver, close } = await openDatabase(process.env);
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
