/**
 * Mayfly's schema from code: for deploy scripts, tests with a database of their own, and other migration tools.
 * @module
 */
import { systemClock } from "./app/system-clock.ts";
import { driverOfUrl } from "./postgres/driver/database-url.ts";
import type { Driver } from "./postgres/driver/driver.ts";
import { type MigrateResult, migrate as migrateWith, missingMigrations } from "./postgres/migrate.ts";
import { uninstall as uninstallFrom } from "./postgres/uninstall.ts";

export type { MigrateResult } from "./postgres/migrate.ts";
export { migrationScript } from "./postgres/migration-script.ts";

/** A database: its connection string, with the endpoint of Neon's protocol where it has one that its host does not tell, or a driver. */
export type MigrateTarget = string | { readonly url: string; readonly endpoint: string } | Driver;

/**
 * Brings a database to the schema of this version: each migration in a transaction of its own, from several deployments at once, and again, without harm.
 * @throws `schema_too_new`, `schema_differs`, `invalid_config`, `DriverError`
 * @example
 * ```ts
 * const db = await PGlite.create();
 * await migrate(pglite(db));
 * ```
 */
export async function migrate(database: MigrateTarget): Promise<MigrateResult> {
  return await migrateWith(driverOf(database), { clock: systemClock });
}

/**
 * The names of what `migrate` would apply. Changes nothing.
 * @throws as `migrate`
 */
export async function pendingMigrations(database: MigrateTarget): Promise<string[]> {
  return await missingMigrations(driverOf(database), { clock: systemClock });
}

/**
 * Removes the schema `mayfly` with every job and result, and whatever of yours depends on them. There is no way back.
 * @throws `DriverError`
 */
export async function uninstall(database: MigrateTarget): Promise<void> {
  await uninstallFrom(driverOf(database));
}

function driverOf(database: MigrateTarget): Driver {
  if (typeof database === "string") return driverOfUrl(database, undefined);
  return "url" in database ? driverOfUrl(database.url, database.endpoint) : database;
}
