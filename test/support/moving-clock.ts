/**
 * A database whose clock a test sets: the same migrations and statements, in which `now()` and `clock_timestamp()` are the server's time and as much as
 * a table says. `test/architecture.test.ts` keeps SQL from reading time in any other way.
 * @module
 */
import { PGlite } from "@electric-sql/pglite";
import { systemClock } from "../../src/app/system-clock.ts";
import type { Driver, Statement } from "../../src/postgres/driver/driver.ts";
import { pglite } from "../../src/postgres/driver/pglite.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { openDatabase } from "./database.ts";
import type { SqlDatabase } from "./each-postgres.ts";
import { type PostgresVersion, startPostgres } from "./postgres.ts";

export interface MovingDatabase extends SqlDatabase {
  /** What the clock says, in milliseconds since the epoch. */
  now(): number;
  /** Sets the clock, also that of `now`. It goes on from there. */
  set(at: number): Promise<void>;
  close(): Promise<void>;
}

const SCHEMA = `
  create schema moving_clock;
  create table moving_clock.ahead (by interval not null);
  insert into moving_clock.ahead (by) values ('0');
  create function moving_clock.now() returns timestamptz language sql stable as
    'select pg_catalog.now() + (select a.by from moving_clock.ahead a)';
  create function moving_clock.clock_timestamp() returns timestamptz language sql volatile as
    'select pg_catalog.clock_timestamp() + (select a.by from moving_clock.ahead a)'`;

/** The same SQL, which reads the moving clock. */
function onMovingClock(sql: string): string {
  return sql.replace(/(?<![\w.])(now|clock_timestamp)\(\)/g, "moving_clock.$1()");
}

function movingDriver(driver: Driver): Driver {
  const moved = ({ text, params }: Statement): Statement => ({ text: onMovingClock(text), params });
  return {
    query: (statement, options) => driver.query(moved(statement), options),
    transaction: (statements, options) => driver.transaction(statements.map(moved), options),
  };
}

type Opened = Pick<MovingDatabase, "driver" | "sql" | "close">;

async function moving({ driver: plain, sql, close }: Opened, install: (text: string) => Promise<unknown>): Promise<MovingDatabase> {
  await install(SCHEMA);
  const driver = movingDriver(plain);
  await migrate(driver, { clock: systemClock });
  let ahead = 0;
  return {
    driver,
    close,
    store: postgresStore({ driver, clock: systemClock }),
    sql: (text, values) => sql(onMovingClock(text), values),
    now: () => Date.now() + ahead,
    async set(at) {
      ahead = at - Date.now();
      await sql("update moving_clock.ahead set by = $1 * interval '1 millisecond'", [ahead]);
    },
  };
}

export async function openMovingPglite(): Promise<MovingDatabase> {
  const db = await PGlite.create();
  const sql: Opened["sql"] = async <Row extends object>(text: string, values: unknown[] = []) => (await db.query<Row>(text, values)).rows;
  return moving({ driver: pglite(db), sql, close: () => db.close() }, (text) => db.exec(text));
}

/** On a server of its own, which ends when it is closed. */
export async function openMovingServer(version: PostgresVersion): Promise<MovingDatabase> {
  const server = await startPostgres({ version });
  const database = openDatabase(await server.createDatabase());
  const close = async () => {
    await database.close();
    await server.stop();
  };
  return moving({ driver: database.driver, sql: database.sql, close }, (text) => database.pool.query(text));
}
