/**
 * `mayfly migrate`: brings the database to the schema of this version.
 * @module
 */
import type { Command } from "commander";
import { systemClock } from "../app/system-clock.ts";
import { MayflyError } from "../base/errors.ts";
import type { Driver } from "../postgres/driver/driver.ts";

interface MigrateFlags {
  readonly grant?: string[];
  readonly print?: boolean;
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("apply what the schema of DATABASE_URL lacks; safe to run from several deployments at once")
    .option("--grant <kind=role...>", "grant roles what a producer, worker, viewer or operator needs, as in worker=app")
    .option("--dry-run", "only say what would be applied")
    .option("--print", "print the SQL, for another migration tool; asks no database")
    .option("--from <number>", "with --print: from this migration on")
    .option("--json", "print the result as JSON")
    .action(async (flags: MigrateFlags) => {
      if (flags.print) return await printScript(flags.from);
      if (flags.from !== undefined) throw new MayflyError("invalid_options", "--from belongs to --print.");
      // Only here, and so in every command: what a command does not use takes its start no time.
      const { openDatabase } = await import("./open-database.ts");
      const { driver, close } = await openDatabase(process.env);
      try {
        await (flags.dryRun ? sayMissing(driver, flags) : apply(driver, flags));
      } finally {
        await close();
      }
    });
}

async function printScript(from = "1"): Promise<void> {
  const { migrationScript } = await import("../postgres/migration-script.ts");
  process.stdout.write(migrationScript(Number(from)));
}

async function sayMissing(driver: Driver, { json }: MigrateFlags): Promise<void> {
  const { missingMigrations } = await import("../postgres/migrate.ts");
  const missing = await missingMigrations(driver, { clock: systemClock });
  if (json) console.log(JSON.stringify({ missing }));
  else console.log(missing.length === 0 ? "Nothing to do." : `Would apply ${missing.join(", ")}.`);
}

async function apply(driver: Driver, { json, grant = [] }: MigrateFlags): Promise<void> {
  const [{ migrate }, { grantRole, parseRoleGrant }] = await Promise.all([
    import("../postgres/migrate.ts"),
    import("../postgres/roles.ts"),
  ]);
  const grants = grant.map(parseRoleGrant);
  const { applied, version } = await migrate(driver, { clock: systemClock });
  const granted: string[] = [];
  for (const one of grants) granted.push(...(await grantRole(driver, one)));
  if (json) console.log(JSON.stringify({ applied, version, ...(grants.length > 0 ? { granted } : {}) }));
  else if (applied.length === 0) console.log(`Nothing to do: the schema is at version ${version}.`);
  else console.log(`Applied ${applied.join(", ")}: the schema is at version ${version}.`);
  if (!json) for (const { kind, role } of grants) console.log(`The role ${JSON.stringify(role)} has what a ${kind} needs.`);
}
