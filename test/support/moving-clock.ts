/**
 * A database whose clock a test sets: the same migrations and statements, in which `now()` and `clock_timestamp()` are the server's time and as much as
 * a setting of the session says. `test/architecture.test.ts` keeps SQL from reading time in any other way.
 * @module
 */
import { systemClock } from "../../src/app/system-clock.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { driverOnClockOf, onClockOf } from "../../src/testing/simulation/database-clock.ts";
import { openDatabase, testServer } from "./database.ts";
import type { SqlDatabase } from "./each-postgres.ts";
import type { PostgresVersion } from "./postgres-binaries.ts";

export interface MovingDatabase extends SqlDatabase {
  /** What the clock says, in milliseconds since the epoch. */
  now(): number;
  /** Sets the clock, also that of `now`. It goes on from there. */
  set(at: number): Promise<void>;
  close(): Promise<void>;
}

/** The planner puts these functions' text in the place of their calls, as long as it has no query of a table. */
const SCHEMA = `
  create schema moving_clock;
  create function moving_clock.now() returns timestamptz language sql stable as
    $$ select pg_catalog.now() + current_setting('moving_clock.ahead')::interval $$;
  create function moving_clock.clock_timestamp() returns timestamptz language sql volatile as
    $$ select pg_catalog.clock_timestamp() + current_setting('moving_clock.ahead')::interval $$`;

/** A database of its own over one connection, which is thrown away when it is closed. */
export async function openMovingDatabase(version: PostgresVersion): Promise<MovingDatabase> {
  const { server } = await testServer(version);
  const { pool, driver: plain, sql, close } = openDatabase(await server.createDatabase(), 1);
  let ahead = 0;
  const tell = { text: "select set_config('moving_clock.ahead', $1, false)" };
  pool.on("connect", (client) => void client.query({ ...tell, values: [`${ahead} ms`] }));
  await pool.query(SCHEMA);
  const driver = driverOnClockOf("moving_clock", plain);
  await migrate(driver, { clock: systemClock });
  return {
    driver,
    async close() {
      await close();
      await server.stop();
    },
    store: postgresStore({ driver, clock: systemClock }),
    sql: (text, values) => sql(onClockOf("moving_clock", text), values),
    now: () => Date.now() + ahead,
    async set(at) {
      ahead = at - Date.now();
      await sql(tell.text, [`${ahead} ms`]);
    },
  };
}
