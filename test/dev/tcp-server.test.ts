/**
 * The embedded Postgres over TCP, for clients as they are, beside requests over HTTP.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { PGlite } from "@electric-sql/pglite";
import pgClient from "pg";
import postgres from "postgres";
import { type EndpointDatabase, pgliteDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { sessionGate } from "../../src/dev/session-gate.ts";
import { startTcpServer, type TcpServer } from "../../src/dev/tcp-server.ts";
import { openPglite } from "../support/each-postgres.ts";
import { freePort } from "../support/free-port.ts";

describe("TCP", () => {
  let db: PGlite;
  let server: TcpServer;
  let endpoint: EndpointDatabase;
  let url: string;
  const open = new Set<pgClient.Client>();
  const connect = async () => {
    const client = new pgClient.Client({ connectionString: url });
    await client.connect();
    open.add(client);
    return client;
  };
  const overHttp = async (query: string) => (await endpoint.query({ query, params: [] })).rows;
  before(async () => {
    ({ db } = await openPglite());
    const gate = sessionGate();
    endpoint = pgliteDatabase(db, gate);
    const port = await freePort();
    server = await startTcpServer(db, gate, port);
    url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  });
  after(async () => {
    for (const client of open) await client.end();
    await server.close();
    await db.close();
  });

  test("pg reads rows, with parameters and without", async () => {
    const client = await connect();
    assert.deepEqual((await client.query("select 1 as n")).rows, [{ n: 1 }]);
    assert.deepEqual((await client.query("select $1::int + 1 as n", [1])).rows, [{ n: 2 }]);
  });

  test("after an error the connection goes on", async () => {
    const client = await connect();
    await assert.rejects(client.query("select $1::int / 0", [1]), { code: "22012" });
    await assert.rejects(client.query("selec"), { code: "42601" });
    assert.deepEqual((await client.query("select $1::int as n", [1])).rows, [{ n: 1 }]);
  });

  test("postgres.js prepares its statements and commits its transactions", async () => {
    const sql = postgres(url, { max: 2, onnotice: () => {} });
    await sql`create table kept (n integer)`;
    await sql.begin(async (transaction) => {
      for (const n of [1, 2]) await transaction`insert into kept (n) values (${n})`;
    });
    assert.deepEqual([...(await sql`select n from kept order by n`)], [{ n: 1 }, { n: 2 }]);
    await sql.end();
  });

  test("statements of many clients at once do not get into each other", async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, connect));
    const asked = clients.flatMap((client, index) =>
      Array.from(
        { length: 10 },
        async (_, n) => (await client.query("select $1::int as client, $2::int as n", [index, n])).rows[0] as unknown,
      ),
    );
    assert.deepEqual(
      await Promise.all(asked),
      clients.flatMap((_, client) => Array.from({ length: 10 }, (_, n) => ({ client, n }))),
    );
  });

  test("a request over HTTP is never part of a client's transaction", async () => {
    const client = await connect();
    await client.query("create table apart (n integer)");
    await client.query("begin");
    await client.query("insert into apart (n) values (1)");
    const inserted = overHttp("insert into apart (n) values (2)");
    await client.query("rollback");
    await inserted;
    assert.deepEqual(await overHttp("select n from apart"), [["2"]]);
  });

  test("a client that leaves in the middle of a transaction has it rolled back, and lets others on", async () => {
    const client = await connect();
    await client.query("create table left_open (n integer)");
    await client.query("begin");
    await client.query("insert into left_open (n) values (1)");
    open.delete(client);
    await client.end();
    assert.deepEqual(await overHttp("select n from left_open"), []);
  });
});
