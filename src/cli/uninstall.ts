/**
 * `mayfly uninstall`: takes the queue out of the database.
 * @module
 */
import type { Command } from "commander";
import { MayflyError } from "../base/errors.ts";
import { print } from "./print.ts";

/** Adds the command. */
export function addUninstall(program: Command): void {
  program
    .command("uninstall")
    .description("remove the schema mayfly from the database of DATABASE_URL, with all jobs and results")
    .option("--yes", "do it; without, it only says what would be lost")
    .option("--json", "print the answer as JSON")
    .action(async ({ yes, json }: { yes?: boolean; json?: boolean }) => {
      const [{ openDatabase }, { schemaContents, uninstall }] = await Promise.all([
        import("./open-database.ts"),
        import("../postgres/uninstall.ts"),
      ]);
      const { driver, close } = await openDatabase(process.env);
      try {
        const { database, rows } = await schemaContents(driver);
        const named = JSON.stringify(database);
        if (rows !== undefined && !yes) {
          throw new MayflyError(
            "invalid_options",
            `This would remove the schema mayfly from the database ${named}, with all jobs and results (about ${rows} rows) and whatever depends on them, and there is no way back. With --yes it does.`,
          );
        }
        if (rows !== undefined) await uninstall(driver);
        const said =
          rows === undefined ? `The database ${named} has no schema mayfly.` : `Removed the schema mayfly from the database ${named}.`;
        print(json, { database, removed: rows !== undefined }, said);
      } finally {
        await close();
      }
    });
}
