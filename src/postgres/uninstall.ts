/**
 * Taking Mayfly out of a database.
 * @module
 */
import type { Driver } from "./driver/driver.ts";
import * as statements from "./sql/statements.ts";

/** What an uninstalling would remove. */
export interface SchemaContents {
  readonly database: string;
  /** Jobs, results and what belongs to them, as the server estimates it; undefined: there is no schema. */
  readonly rows: number | undefined;
}

/** Changes nothing. */
export async function schemaContents(driver: Driver): Promise<SchemaContents> {
  const [row] = await driver.query({ text: statements.schemaContents, params: [] });
  return { database: row?.database ?? "", rows: typeof row?.rows === "string" ? Number(row.rows) : undefined };
}

/** Removes the schema `mayfly` with every job and result, and what depends on them. There is no way back. */
export async function uninstall(driver: Driver): Promise<void> {
  await driver.query({ text: statements.dropSchema, params: [] }, { timeoutMs: 60_000 });
}
