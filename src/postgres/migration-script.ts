/**
 * The migrations as a script, for tools that apply SQL themselves and for people who read it first.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import { migrations } from "./sql/migrations.ts";
import * as statements from "./sql/statements.ts";

/**
 * What `migrate` sends from this migration on, its record of itself included, for one transaction. A second run fails before it has changed anything.
 * @throws `invalid_options` for a number that no migration has
 */
export function migrationScript(from = 1): string {
  const last = migrations.length;
  if (!Number.isInteger(from) || from < 1 || from > last)
    throw new MayflyError("invalid_options", `from is ${from}; it is the number of a migration, from 1 to ${last}.`);
  const parts = migrations
    .slice(from - 1)
    .flatMap(({ number, name, digest, breaking, statements: own }) => [
      `-- ${number}: ${name}${breaking ? ", breaking" : ""}`,
      ...[recordOf([number, name, digest, breaking]), ...own].map((statement) => `${statement};`),
    ]);
  const head = [`-- Mayfly's schema, migrations ${from} to ${last}. To be run in one transaction.`];
  const first = from === 1 ? [statements.migrationSchema, statements.migrationTable].map((statement) => `${statement};`) : [];
  return `${[...head, ...first, ...parts].join("\n")}\n`;
}

/** Names and digests are ours, and hold no quote. */
function recordOf(values: readonly (string | number | boolean)[]): string {
  return statements.migrationRecord.replace(/\$(\d)/g, (_, number: string) => `'${values[Number(number) - 1]}'`);
}
