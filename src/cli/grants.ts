/**
 * `mayfly grants`: prints the statements that grant database roles what they need.
 * @module
 */
import type { Command } from "commander";
import { print } from "./print.ts";

/** Adds the command. */
export function addGrants(program: Command): void {
  program
    .command("grants <kind=role...>")
    .description("print what a producer, worker, viewer or operator is to be granted, as SQL; mayfly migrate --grant does it")
    .option("--json", "print the statements as JSON")
    .action(async (wanted: string[], { json }: { json?: boolean }) => {
      const [{ openDatabase }, { grantRole, parseRoleGrant }] = await Promise.all([
        import("./open-database.ts"),
        import("../postgres/roles.ts"),
      ]);
      const grants = wanted.map(parseRoleGrant);
      const { driver, close } = await openDatabase(process.env);
      try {
        const lines: string[] = [];
        for (const grant of grants) lines.push(...(await grantRole(driver, grant, { run: false })));
        print(json, { statements: lines }, lines.map((line) => `${line};`).join("\n"));
      } finally {
        await close();
      }
    });
}
