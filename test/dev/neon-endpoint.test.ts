/**
 * The SQL-over-HTTP endpoint speaks Neon's protocol, to Neon's own client and to whoever gets it wrong.
 * @module
 */
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { NeonDbError, type NeonQueryFunction, neon, neonConfig } from "@neondatabase/serverless";
import pgClient from "pg";
import { pgDatabase, pgliteDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { type NeonEndpoint, startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import { testServer } from "../support/database.ts";
import { openPglite } from "../support/each-postgres.ts";

interface Opened {
  readonly endpoint: NeonEndpoint;
  close(): Promise<unknown>;
}

const MAX_BYTES = 200_000;

const KINDS: Record<string, () => Promise<Opened>> = {
  async "Postgres 18"() {
    const { server } = await testServer(18);
    const pool = new pgClient.Pool({ connectionString: await server.createDatabase() });
    pool.on("error", () => {});
    const endpoint = await startNeonEndpoint({ database: pgDatabase(pool), maxBytes: MAX_BYTES });
    return {
      endpoint,
      close: async () => {
        await endpoint.close();
        await pool.end();
        await server.stop();
      },
    };
  },
  async PGlite() {
    const { db } = await openPglite();
    const endpoint = await startNeonEndpoint({ database: pgliteDatabase(db), maxBytes: MAX_BYTES });
    return { endpoint, close: () => endpoint.close().then(() => db.close()) };
  },
};

for (const [kind, open] of Object.entries(KINDS)) {
  describe(kind, () => {
    let opened: Opened;
    let sql: NeonQueryFunction<false, false>;
    before(async () => {
      opened = await open();
      neonConfig.fetchEndpoint = opened.endpoint.url;
      sql = neon("postgresql://user:password@127.0.0.1/db");
    });
    after(() => opened.close());

    test("Neon's client reads every type as from Neon", async () => {
      const [row] = await sql`select 1::int as int, 2::bigint as big, 1.50::numeric as exact, true as yes, null as nothing,
        '2026-01-02T03:04:05.678Z'::timestamptz as at, '{"a": [1]}'::jsonb as json, array[1, 2] as list, ${"it's"}::text as text`;
      assert.deepEqual(row, {
        int: 1,
        big: "2",
        exact: "1.50",
        yes: true,
        nothing: null,
        at: new Date("2026-01-02T03:04:05.678Z"),
        json: { a: [1] },
        list: [1, 2],
        text: "it's",
      });
    });

    test("only what names this machine is answered, and no page of any site", async () => {
      const { port } = new URL(opened.endpoint.url);
      const ask = (headers: Record<string, string>) =>
        new Promise<number | undefined>((resolve, reject) => {
          const sent = { "neon-raw-text-output": "true", ...headers };
          const call = request({ port, host: "127.0.0.1", path: "/sql", method: "POST", headers: sent }, (response) => {
            response.resume();
            resolve(response.statusCode);
          });
          call.on("error", reject);
          call.end('{"query": "select 1", "params": []}');
        });
      for (const host of ["127.0.0.1", `localhost:${port}`, `[::1]:${port}`]) assert.equal(await ask({ host }), 200, host);
      for (const host of ["rebind.evil", `rebind.evil:${port}`, "127.0.0.1.evil"]) assert.equal(await ask({ host }), 403, host);
      assert.equal(await ask({ host: "127.0.0.1", origin: "http://127.0.0.1" }), 403);
    });

    test("arrays, full results and commands", async () => {
      assert.deepEqual(await sql.query("select 1 as a, 2 as a", [], { arrayMode: true }), [[1, 2]]);
      await sql`create table things (n integer)`;
      const full = await sql.query("insert into things (n) values ($1), ($2) returning n", [1, 2], { fullResults: true });
      assert.deepEqual(
        [full.command, full.rowCount, full.rows, full.fields.map(({ name }) => name)],
        ["INSERT", 2, [{ n: 1 }, { n: 2 }], ["n"]],
      );
    });

    test("a batch is one transaction, of the isolation asked for", async () => {
      const level = () =>
        sql`select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as read_only`;
      for (const [isolationLevel, name] of [
        ["ReadUncommitted", "read uncommitted"],
        ["ReadCommitted", "read committed"],
        ["RepeatableRead", "repeatable read"],
        ["Serializable", "serializable"],
      ] as const) {
        const [[row]] = (await sql.transaction([level()], { isolationLevel, readOnly: true })) as [[Record<string, string>]];
        assert.deepEqual(row, { level: name, read_only: "on" });
      }
      await sql`create table kept (n integer check (n > 0))`;
      await assert.rejects(sql.transaction([sql`insert into kept (n) values (1)`, sql`insert into kept (n) values (-1)`]));
      assert.deepEqual(await sql`select n from kept`, []);
    });

    test("an error comes with all that Postgres says of it", async () => {
      await sql`create table single (n integer constraint only_once unique)`;
      await sql`insert into single (n) values (1)`;
      const error: unknown = await sql`insert into single (n) values (1)`.catch((thrown: unknown) => thrown);
      assert.ok(error instanceof NeonDbError);
      assert.deepEqual(
        [error.code, error.constraint, error.detail, error.severity],
        ["23505", "only_once", "Key (n)=(1) already exists.", "ERROR"],
      );
      await assert.rejects(sql`selec`, { code: "42601", position: "1" });
    });

    test("a request that is too large is refused before it is read", async () => {
      await assert.rejects(sql`select length(${"x".repeat(MAX_BYTES)})`, /413|larger than/);
      assert.deepEqual(await sql`select 1 as n`, [{ n: 1 }]);
    });

    test("what is not of the protocol is told so", async () => {
      const send = async (init: RequestInit, path = "") => {
        const response = await fetch(`${opened.endpoint.url}${path}`, init);
        return [response.status, ((await response.json()) as { message: string }).message] as const;
      };
      const raw = { "neon-raw-text-output": "true" };
      const post = (body: string, headers: Record<string, string> = raw) => send({ method: "POST", body, headers });
      assert.equal((await send({ method: "GET" }))[0], 405);
      assert.equal((await send({ method: "POST" }, "/other"))[0], 404);
      assert.match((await post('{"query":"select 1"}', {})).join(), /400,.*Neon-Raw-Text-Output/);
      for (const body of ["{", "1", "{}", '{"query":1}', '{"query":"select 1","params":1}', '{"queries":[1]}'])
        assert.equal((await post(body))[0], 400, body);
      assert.match(
        (await post('{"query":"select 1"}', { ...raw, "neon-batch-isolation-level": "Loose" })).join(),
        /400,unknown isolation level Loose/,
      );
    });
  });
}

test("it listens on the loopback interface only", async () => {
  const database = { query: () => assert.fail(), batch: () => assert.fail() };
  for (const host of ["0.0.0.0", "::", "example.com"]) await assert.rejects(startNeonEndpoint({ database, host }), /loopback/);
});
