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
    .option("--grant <kind=role...>", "grant roles what a producer, worker, viewer or operator needs, as in worker=app")
    .option("--json", "print the result as JSON")
    .action(async ({ json, grant = [] }: { json?: boolean; grant?: string[] }) => {
      // Only here, and so in every command: what a command does not use takes its start no time.
      const [{ openDatabase }, { migrate }, { grantRole, parseRoleGrant }] = await Promise.all([
        import("./open-database.ts"),
        import("../postgres/migrate.ts"),
        import("../postgres/roles.ts"),
      ]);
      const grants = grant.map(parseRoleGrant);
      const { driver, close } = await openDatabase(process.env);
      try {
        const { applied, version } = await migrate(driver, { clock: systemClock });
        const granted: string[] = [];
        for (const one of grants) granted.push(...(await grantRole(driver, one)));
        if (json) console.log(JSON.stringify({ applied, version, ...(grants.length > 0 ? { granted } : {}) }));
        else if (applied.length === 0) console.log(`Nothing to do: the schema is at version ${version}.`);
        else console.log(`Applied ${applied.join(", ")}: the schema is at version ${version}.`);
        if (!json) for (const { kind, role } of grants) console.log(`The role ${JSON.stringify(role)} has what a ${kind} needs.`);
      } finally {
        await close();
      }
    });
}
