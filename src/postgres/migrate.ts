/**
 * Bringing a database to the schema of this version. Run from a deploy step or `mayfly dev`, never from an invocation.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { MayflyError } from "../base/errors.ts";
import type { Driver, Statement } from "./driver/driver.ts";
import { DriverError } from "./driver/errors.ts";
import { repeat } from "./repeat.ts";
import { isMissingColumn, isMissingSchema } from "./schema-error.ts";
import { type Migration, migrations } from "./sql/migrations.ts";
import * as statements from "./sql/statements.ts";

export interface MigrateOptions {
  readonly clock: Clock;
  /** Default: all that this version knows. */
  readonly known?: readonly Migration[];
}

export interface MigrateResult {
  /** Names of the migrations that this call applied, in order. */
  readonly applied: readonly string[];
  /** The schema's version now. */
  readonly version: number;
}

/** DDL may wait for locks of running transactions. */
const TIMEOUT_MS = 60_000;
/** Replies lost in a row after which it is not the network. */
const MOST_LOST = 3;
/** What another deployment that is the first to migrate makes a transaction fail on: its record, its schema, its ledger. */
const FIRST = ["migration_pkey", "pg_namespace_nspname_index", "pg_class_relname_nsp_index", "pg_type_typname_nsp_index"];

/**
 * Applies what is missing, each migration in a transaction of its own. Deployments that migrate at once do so one
 * after the other, and a lost reply is safe: the ledger says what has happened.
 * @throws `schema_too_new` when the database has a breaking migration that this version does not know, `schema_differs` when one of the same number did
 *   something else
 */
export async function migrate(driver: Driver, { clock, known = migrations }: MigrateOptions): Promise<MigrateResult> {
  const applied: string[] = [];
  let lost = 0;
  for (;;) {
    const ledger = await readLedger(driver, clock);
    refuseNewer(ledger, known);
    refuseOther(ledger, known);
    const next = known.find(({ number }) => !ledger.has(number));
    if (!next) return { applied, version: Math.max(0, ...ledger.keys()) };
    const outcome = await apply(driver, next);
    if (outcome === "applied") applied.push(next.name);
    lost = outcome instanceof DriverError ? lost + 1 : 0;
    if (lost === MOST_LOST) throw outcome;
  }
}

/**
 * The names of what `migrate` would apply. Changes nothing.
 * @throws as `migrate`
 */
export async function missingMigrations(driver: Driver, { clock, known = migrations }: MigrateOptions): Promise<string[]> {
  const ledger = await readLedger(driver, clock);
  refuseNewer(ledger, known);
  refuseOther(ledger, known);
  return known.filter(({ number }) => !ledger.has(number)).map(({ name }) => name);
}

/**
 * Whether this version can work with the database as it is.
 * @throws `schema_too_new` and `schema_differs` as `migrate` does, `schema_missing` where something has not been applied
 */
export async function checkSchema(driver: Driver, clock: Clock): Promise<void> {
  const ledger = await readLedger(driver, clock);
  refuseNewer(ledger, migrations);
  refuseOther(ledger, migrations);
  const missing = migrations.find(({ number }) => !ledger.has(number));
  if (!missing) return;
  throw new MayflyError(
    "schema_missing",
    `The database lacks the migration ${missing.number} (${missing.name}) of this version of Mayfly. Run "npx mayfly migrate" against it.`,
  );
}

type Ledger = ReadonlyMap<number, { readonly name: string; readonly digest: string; readonly breaking: boolean }>;

async function readLedger(driver: Driver, clock: Clock): Promise<Ledger> {
  try {
    const rows = await repeat(() => driver.query({ text: statements.migrationLedger, params: [] }), {
      clock,
      random: Math.random,
    });
    return new Map(
      rows.map(({ number, name, digest, breaking }) => [
        Number(number),
        { name: name ?? "", digest: digest ?? "", breaking: breaking === "t" },
      ]),
    );
  } catch (error) {
    if (isMissingSchema(error)) return new Map();
    if (isMissingColumn(error)) throw schemaDiffers("ledger of migrations", error);
    throw error;
  }
}

function refuseNewer(ledger: Ledger, known: readonly Migration[]): void {
  const latest = known.at(-1)?.number ?? 0;
  for (const [number, { name, breaking }] of ledger) {
    if (number > latest && breaking) {
      throw new MayflyError(
        "schema_too_new",
        `The database has the breaking migration ${number} (${name}), this version of Mayfly knows up to ${latest}. Deploy a newer version.`,
      );
    }
  }
}

/** A migration is never changed once it has been released; before that, databases that it has made are thrown away. */
function refuseOther(ledger: Ledger, known: readonly Migration[]): void {
  const other = known.find(({ number, digest }) => ledger.has(number) && ledger.get(number)?.digest !== digest);
  if (other) throw schemaDiffers(`migration ${other.number} (${other.name})`);
}

function schemaDiffers(what: string, cause?: unknown): MayflyError {
  return new MayflyError(
    "schema_differs",
    `The ${what} of this database is not the one of this version of Mayfly: use a new database, or, for the local stack, delete its old folder .mayfly/.`,
    { cause },
  );
}

/** In the last two cases the ledger says what has happened: another deployment was first, or the reply was lost. */
async function apply(driver: Driver, migration: Migration): Promise<"applied" | "present" | DriverError> {
  const plain = (text: string): Statement => ({ text, params: [] });
  try {
    await driver.transaction(
      [
        plain(statements.migrationSchema),
        plain(statements.migrationTable),
        plain(statements.migrationLock),
        {
          text: statements.migrationRecord,
          params: [String(migration.number), migration.name, migration.digest, String(migration.breaking)],
        },
        ...migration.statements.map(plain),
      ],
      { timeoutMs: TIMEOUT_MS },
    );
    return "applied";
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    if (FIRST.includes(error.constraint ?? "")) return "present";
    if (error.failure === "unknown") return error;
    throw error;
  }
}
