/**
 * A migrated Postgres in this process, whose clock the simulation sets.
 * @module
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { systemClock } from "../../app/system-clock.ts";
import { hex, sha256 } from "../../base/digest.ts";
import { MayflyError } from "../../base/errors.ts";
import type { Driver } from "../../postgres/driver/driver.ts";
import { pglite } from "../../postgres/driver/pglite.ts";
import { migrate } from "../../postgres/migrate.ts";
import { migrations } from "../../postgres/sql/migrations.ts";
import { driverOnClockOf, onClockOf } from "./database-clock.ts";
import { HISTORY } from "./history.ts";

/** A database for simulations, which run in it one after the other. */
export interface SimulationDatabase {
  /** Its statements read the simulation's clock. */
  readonly driver: Driver;
  /** Sets the clock, in milliseconds since the epoch. It stands still until it is set again. */
  setClock(at: number): Promise<void>;
  /** Runs SQL behind the back of all who use the queue. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Leaves it as the migrations did. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const CLOCK = "simulated_clock";

/** The planner puts the text of these functions in the place of their calls. Within a statement time stands still. */
const SCHEMA = `
  create schema ${CLOCK};
  create function ${CLOCK}.now() returns timestamptz language sql stable as
    $$ select current_setting('${CLOCK}.at')::timestamptz $$;
  create function ${CLOCK}.clock_timestamp() returns timestamptz language sql stable as
    $$ select current_setting('${CLOCK}.at')::timestamptz $$;
  set ${CLOCK}.at = '2030-01-01T00:00:00Z';`;

/**
 * Opens one, in about a second: the first time it is migrated, and kept in the folder for temporary files.
 * @throws `invalid_config` where the package `@electric-sql/pglite` is not installed
 */
export async function openSimulationDatabase(): Promise<SimulationDatabase> {
  const { PGlite } = await import("@electric-sql/pglite").catch((cause: unknown) => {
    const message = "A simulation needs the package @electric-sql/pglite. Install it: npm install --save-dev @electric-sql/pglite";
    throw new MayflyError("invalid_config", message, { cause });
  });
  const db = await openMigrated(PGlite);
  const { rows } = await db.query<{ name: string }>(TABLES);
  const names = rows.map(({ name }) => name);
  const deletes = names.map((name) => `delete from ${name};`).join(" ");
  const duties = onClockOf(
    CLOCK,
    "update mayfly.duty set due_at = now() + every, done_at = null, failed_at = null, sql_state = null, message = null;",
  );
  let set = Number.NaN;
  return {
    driver: driverOnClockOf(CLOCK, pglite(db)),
    async setClock(at) {
      if (at === set) return;
      set = at;
      await db.exec(`set ${CLOCK}.at = '${new Date(at).toISOString()}'`);
    },
    async sql<Row extends object>(text: string, values: unknown[] = []) {
      return (await db.query<Row>(onClockOf(CLOCK, text), values)).rows;
    },
    async empty() {
      await db.exec(`do $$ begin ${deletes} ${duties} end $$; alter sequence simulation.event_seq_seq restart`);
      // Without its dead rows, which would make a simulation another one after others than alone.
      await db.exec(`vacuum ${names.join()}`);
    },
    close: () => db.close(),
  };
}

const TABLES = `
  select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname in ('mayfly', 'simulation') and tablename not in ('migration', 'duty') and tablename !~ '_[0-9]{2}$'`;

/** Loading the files of a migrated one takes a fraction of migrating. */
async function openMigrated(Database: typeof PGlite): Promise<PGlite> {
  const digest = hex(await sha256(JSON.stringify([migrations.map((one) => one.digest), SCHEMA, HISTORY])));
  const path = join(tmpdir(), `mayfly-simulation-${digest.slice(0, 16)}.tar`);
  if (existsSync(path)) {
    const db = await Database.create({ loadDataDir: new Blob([readFileSync(path)]) });
    await db.exec(`set ${CLOCK}.at = '2030-01-01T00:00:00Z'`);
    return db;
  }
  const db = await Database.create();
  await db.exec(SCHEMA);
  await migrate(driverOnClockOf(CLOCK, pglite(db)), { clock: systemClock });
  await db.exec(onClockOf(CLOCK, HISTORY));
  const half = `${path}.${crypto.randomUUID()}`;
  writeFileSync(half, Buffer.from(await (await db.dumpDataDir("none")).arrayBuffer()));
  renameSync(half, path);
  return db;
}
