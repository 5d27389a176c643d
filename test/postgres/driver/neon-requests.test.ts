/**
 * `neonHttp` beside Neon's own client, the referee: the same bytes are sent, and the same is made of every answer.
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, afterEach, before, describe, mock, test } from "node:test";
import { neon, neonConfig } from "@neondatabase/serverless";
import pgClient from "pg";
import { pgDatabase } from "../../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../../src/dev/neon-endpoint/server.ts";
import type { Driver, Param, TransactionOptions } from "../../../src/postgres/driver/driver.ts";
import { DriverError } from "../../../src/postgres/driver/errors.ts";
import { neonClient } from "../../../src/postgres/driver/neon-client.ts";
import { neonHttp } from "../../../src/postgres/driver/neon-http.ts";
import { testServer } from "../../support/database.ts";

/** The client says who it is, unless the program has; that would be the one difference. */
const URL_OF_PROGRAM = "postgresql://app:p%40ss@127.0.0.1/shop?sslmode=require&application_name=shop";

const sql = (text: string, params: readonly Param[] = []) => ({ text, params });

/** What a call came to; of an error all that a caller can see. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    assert.ok(error instanceof DriverError, String(error));
    const { code, failure, message, sqlState, constraint, detail, problems } = error;
    return { code, failure, message, sqlState, constraint, detail, problems };
  }
}

const QUERIES: Record<string, ReturnType<typeof sql>> = {
  "values of many types": sql(
    "select 9223372036854775807::bigint as big, 1.50::numeric as exact, 'NaN'::float8 as nan, true as yes, null::text as nothing, '\\xdeadbeef'::bytea as bytes, '{\"b\": 1}'::jsonb as json, array['x', 'y z', null] as list, ''::text as empty, '2026-01-02 03:04:05.678901+00'::timestamptz as at",
  ),
  parameters: sql("select $1::text as text, $2::bigint as big, $3::text as nothing", [
    "quote ' \" \\ $1 \n 🪰 é",
    "9007199254740993",
    null,
  ]),
  "several rows": sql("select n, n * 2 as twice from generate_series(1, 3) as n"),
  "columns of one name": sql("select 1 as n, 2 as n"),
  "no row": sql("select 1 as n where false"),
  "a command": sql("create table if not exists referee (n integer constraint only_once unique)"),
  "a syntax error": sql("selec 1"),
  "a constraint": sql("insert into referee_row (n) values ($1::integer)", ["1"]),
  "an SQLSTATE of our own, with a detail": sql(
    "do $$ begin raise exception 'no' using errcode = 'MF001', detail = 'why', hint = 'how'; end $$",
  ),
  "a connection that the server ends": sql("select pg_terminate_backend(pg_backend_pid())"),
};

const TRANSACTIONS: Record<string, readonly [statements: readonly ReturnType<typeof sql>[], options?: TransactionOptions]> = {
  "of several statements": [[sql("select $1::integer as n", ["1"]), sql("select 2 as a, 3 as b where false"), sql("select null as n")]],
  "of none": [[]],
  "read committed": [[sql("select current_setting('transaction_isolation') as level")], { isolation: "read committed" }],
  "repeatable read": [[sql("select current_setting('transaction_isolation') as level")], { isolation: "repeatable read" }],
  "serializable and read only": [
    [sql("select current_setting('transaction_read_only') as it")],
    { isolation: "serializable", readOnly: true },
  ],
  "not read only": [[sql("select current_setting('transaction_read_only') as it")], { readOnly: false }],
  "that fails": [[sql("select 1 as n"), sql("insert into referee_row (n) values (1)")]],
};

describe("on Postgres", () => {
  /** Everything of each request that was sent. */
  const requests: unknown[] = [];
  /** An answer in place of the database's. */
  let instead: { readonly status: number; readonly body: string } | undefined;
  let own: Driver;
  let referee: Driver;
  let close: () => Promise<unknown>;
  before(async () => {
    const { server: postgres } = await testServer(18);
    const pool = new pgClient.Pool({ connectionString: await postgres.createDatabase() });
    await pool.query("create table referee_row (n integer constraint one_of_each unique)");
    await pool.query("insert into referee_row (n) values (1)");
    const endpoint = await startNeonEndpoint({ database: pgDatabase(pool) });
    const recorder = createServer(async (request, response) => {
      const body = await text(request);
      requests.push([request.method, request.url, request.rawHeaders, body]);
      const headers = Object.entries(request.headers).filter(([name]) => name.startsWith("neon-")) as [string, string][];
      const answer = instead ?? (await fetch(endpoint.url, { method: "POST", headers, body }));
      response.writeHead(answer.status).end(typeof answer.body === "string" ? answer.body : await (answer as Response).text());
    }).listen(0, "127.0.0.1");
    await once(recorder, "listening");
    const url = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}/sql`;
    neonConfig.fetchEndpoint = url;
    own = neonHttp(URL_OF_PROGRAM, { endpoint: url });
    referee = neonClient(neon(URL_OF_PROGRAM));
    close = async () => {
      recorder.close();
      recorder.closeAllConnections();
      await endpoint.close();
      await pool.end();
      await postgres.stop();
    };
  });
  after(() => close());
  afterEach(() => {
    instead = undefined;
  });

  async function compare(call: (driver: Driver) => Promise<unknown>): Promise<unknown> {
    requests.length = 0;
    const [ours, theirs] = [await outcomeOf(call(own)), await outcomeOf(call(referee))];
    assert.equal(requests.length, 2);
    assert.deepEqual(requests[0], requests[1]);
    assert.deepEqual(ours, theirs);
    return ours;
  }

  for (const [what, statement] of Object.entries(QUERIES))
    test(what, async () => {
      await compare((driver) => driver.query(statement));
    });

  for (const [what, [statements, options]] of Object.entries(TRANSACTIONS))
    test(`a transaction ${what}`, async () => {
      await compare((driver) => driver.transaction(statements, options));
    });

  for (const [what, answer, failure] of [
    [
      "what Postgres said, in part",
      { status: 400, body: '{"message":"no","code":"23505","severity":"ERROR","constraint":null}' },
      "definite",
    ],
    ["that no more connections are taken", { status: 400, body: '{"message":"no","code":"53300","severity":"FATAL"}' }, "before"],
    ["what a proxy said, without a severity", { status: 400, body: '{"message":"no","code":"28P01","severity":null}' }, "unknown"],
    ["that a proxy is full", { status: 400, body: '{"message":"Failed to acquire permit to connect to the database."}' }, "before"],
    ["no JSON, as an error", { status: 400, body: "<html>" }, "unknown"],
    ["a server error", { status: 500, body: "out of order" }, "unknown"],
    ["too many requests", { status: 429, body: "slow down" }, "unknown"],
    ["no JSON", { status: 200, body: "<html>" }, "unknown"],
    ["JSON that is cut off", { status: 200, body: '{"fields":[' }, "unknown"],
  ] as const)
    test(`an answer that is ${what} is ${failure}`, async () => {
      instead = answer;
      for (const call of [
        (driver: Driver) => driver.query(sql("select 1 as n")),
        (driver: Driver) => driver.transaction([sql("select 1 as n")]),
      ])
        assert.equal(((await compare(call)) as DriverError).failure, failure);
    });

  test("an answer of another form is unknown, and of a long one the beginning is told", async () => {
    for (const answer of [
      { status: 200, body: "{}" },
      { status: 502, body: "x".repeat(100_000) },
    ]) {
      instead = answer;
      for (const call of [own.query(sql("select 1 as n")), own.transaction([sql("select 1 as n")])]) {
        const { failure, message } = (await outcomeOf(call)) as DriverError;
        assert.equal(failure, "unknown");
        assert.ok(message.length < 500, message.slice(0, 500));
      }
    }
  });
});

describe("connection strings", () => {
  const asked: { url: string; connectionString: string | null }[] = [];
  before(() => {
    neonConfig.fetchEndpoint = (host) => `https://${host.replace(/^[^.]+\./, "api.")}/sql`;
    mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
      asked.push({ url: String(url), connectionString: new Headers(init.headers).get("neon-connection-string") });
      return Response.json({ fields: [], rows: [] });
    });
  });
  after(() => mock.restoreAll());

  async function ask(url: string) {
    asked.length = 0;
    for (const driver of [neonHttp(url), neonClient(neon(url))]) await driver.query(sql("select 1 as n"));
    return asked;
  }

  for (const url of [
    "postgresql://app:secret@ep-1.eu-central-1.aws.neon.tech/shop?application_name=shop",
    "postgres://app:secret@EP-1-pooler.c-2.us-east-2.aws.Neon.tech:5432/shop?sslmode=require&channel_binding=require&application_name=a b",
    "postgresql://app:p%40s%2Fs%20%C3%A9%25@ep-1.aws.neon.tech/my%20shop?application_name=shop&options=endpoint%3Dep-1",
    "postgresql://app@ep-1.aws.neon.tech:80/shop?application_name=",
  ])
    test(`${url} is sent where and as Neon's client sends it`, async () => {
      const [own, referee] = await ask(url);
      assert.deepEqual(own, referee);
    });

  test("a program that does not say who it is is told as mayfly", async () => {
    const [own, referee] = await ask("postgresql://app:s%40@ep-1.aws.neon.tech/shop?options=a%20b");
    assert.equal(own?.connectionString, "postgresql://app:s%40@ep-1.aws.neon.tech/shop?options=a+b&application_name=mayfly");
    assert.equal(own?.connectionString, referee?.connectionString?.replace(/application_name=.*/, "application_name=mayfly"));
  });
});
