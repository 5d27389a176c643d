/**
 * `mayfly migrate`: brings the database to the schema of this version.
 * @module
 */
import type { Command } from "commander";
import { systemClock } from "../app/system-clock.ts";

/** Adds the command. */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("apply what the schema of DATABASE_URL lacks; safe to run from several deployments at once")
    .option("--json", "print the result as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      // Only here, and so in every command: what a command does not use takes its start no time.
      const [{ openDatabase }, { migrate }] = await Promise.all([import("./open-database.ts"), import("../postgres/migrate.ts")]);
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
