/**
 * Sessions that have gone bad: whatever made one of no use, the call after it has another.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import pgClient from "pg";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { Driver, Row } from "../../../src/postgres/driver/driver.ts";
import type { DriverError } from "../../../src/postgres/driver/errors.ts";
import { pg } from "../../../src/postgres/driver/pg.ts";
import { repeat } from "../../../src/postgres/repeat.ts";
import { type TestDatabase, type TestServer, testServer } from "../../support/database.ts";

let server: TestServer;
let database: TestDatabase;
let pool: pgClient.Pool;
before(async () => {
  server = await testServer(18);
  database = await server.database();
});
after(async () => {
  await pool.end();
  await database.close();
  await server.stop();
});

/** One connection, so that what happened to it is met by the next call. */
async function open(options?: { readonly prepare: boolean }): Promise<(text: string) => Promise<Row[]>> {
  await pool?.end();
  pool = new pgClient.Pool({ connectionString: database.url, max: 1 });
  const driver: Driver = pg(pool, options);
  return (text) => driver.query({ text, params: [] });
}

const stateOf = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error: DriverError) => error.sqlState,
  );

describe("over one connection", () => {
  let query: (text: string) => Promise<Row[]>;
  beforeEach(async () => {
    query = await open();
    await query("create table if not exists session_test (n integer)");
  });

  for (const [what, spoil, state] of [
    ["read only", "set default_transaction_read_only = on", "25006"],
    ["with a time-out that nothing fits in", "set statement_timeout = 1", "57014"],
    ["in a transaction that has failed", "begin; select 1 / 0", "25P02"],
  ] as const) {
    test(`a session that is ${what} fails one call, and not the next`, async () => {
      await query(spoil).catch(() => {});
      const insert = () => query("insert into session_test (n) select 1 from pg_sleep(0.1)");
      assert.equal(await stateOf(insert()), state);
      assert.equal(await stateOf(insert()), "none");
    });
  }

  test("a session that has refused a statement for the statement's own sake is kept", async () => {
    const pid = async () => (await query("select pg_backend_pid() as pid"))[0]?.pid;
    const first = await pid();
    assert.equal(await stateOf(query("select nothing")), "42703");
    assert.equal(await pid(), first);
  });
});

describe("with statements prepared by name, a call that is repeated as the store repeats it", () => {
  const again = (call: () => Promise<Row[]>) => repeat(call, { clock: systemClock, random: () => 0 });

  test("goes through where a table has changed since", async () => {
    const query = await open({ prepare: true });
    await query("create table changing_test (a integer)");
    const read = () => query("select * from changing_test");
    await read();
    await database.sql("alter table changing_test add column b integer");
    assert.deepEqual(await again(read), []);
  });

  test("goes through where what was prepared is gone", async () => {
    const query = await open({ prepare: true });
    const read = () => query("select 1 as n");
    await read();
    await query("deallocate all");
    assert.deepEqual(await again(read), [{ n: "1" }]);
  });
});
