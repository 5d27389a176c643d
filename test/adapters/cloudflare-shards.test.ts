/**
 * examples/shards in a real workerd, over two real databases: one that is down stops its own share only.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestHarness } from "wrangler";
import { shardOf } from "../../examples/shards/shards.ts";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { type NeonEndpoint, startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import { until } from "../support/condition.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { startWorkers } from "../support/workerd.ts";

interface Half {
  readonly database: TestDatabase;
  endpoint: NeonEndpoint;
}

interface Results {
  readonly results: readonly { readonly concurrencyKey: string; readonly finishedAt: string }[];
  readonly missing: readonly string[];
}

let server: TestServer;
let workerd: TestHarness;
let halves: Record<string, Half>;

async function openHalf(): Promise<Half> {
  const database = await server.database();
  return { database, endpoint: await startNeonEndpoint({ database: pgDatabase(database.pool) }) };
}

before(async () => {
  server = await testServer(18);
  halves = { A: await openHalf(), B: await openHalf() };
  const vars = Object.entries(halves).flatMap(([name, { endpoint }]) => [
    [`DATABASE_URL_${name}`, `postgresql://user:password@${new URL(endpoint.url).host}/db`],
    [`MAYFLY_NEON_ENDPOINT_${name}`, endpoint.url],
  ]);
  workerd = await startWorkers(["examples/shards/wrangler.toml"], {
    ...Object.fromEntries(vars),
    MAYFLY_OPERATOR_TOKENS: "token-of-a-test",
  });
});
after(async () => {
  await workerd.close();
  for (const { database, endpoint } of Object.values(halves)) {
    await endpoint.close();
    await database.close();
  }
  await server.stop();
});

const customers = Array.from({ length: 20 }, (_, n) => `customer-${n}`);
const of = (name: string) => customers.filter((customer) => shardOf(customer).name === name);

async function bill(customer: string): Promise<number> {
  return (await workerd.fetch("/invoices", { method: "POST", body: JSON.stringify({ customer, cents: 1_250 }) })).status;
}

async function read<Answer>(path: string): Promise<Answer> {
  return (await (await workerd.fetch(path)).json()) as Answer;
}

/** The customers whose jobs have succeeded in a database. */
async function billed(name: string): Promise<string[]> {
  const rows = await halves[name]?.database.sql<{ customer: string }>(
    `select j.payload->>'customer' as customer from mayfly.result r join mayfly.job j on j.id = r.id
    where r.outcome = 'successful' order by substring(j.payload->>'customer' from '\\d+')::integer`,
  );
  return (rows ?? []).map(({ customer }) => customer);
}

describe("two databases", () => {
  test("share the customers, about evenly", () => {
    for (const name of ["A", "B"]) assert.ok(of(name).length >= 5, `${name} has ${of(name).length}`);
  });

  test("each run the jobs of their own customers, without a cron", async () => {
    assert.deepEqual(new Set(await Promise.all(customers.map(bill))), new Set([201]));
    for (const name of ["A", "B"]) {
      await until(async () => (await billed(name)).length === of(name).length);
      assert.deepEqual(await billed(name), of(name));
    }
  });

  test("are one list, the latest first", async () => {
    const { results, missing } = await read<Results>("/results");
    assert.deepEqual(results.map(({ concurrencyKey }) => concurrencyKey).toSorted(), customers.toSorted());
    const times = results.map(({ finishedAt }) => finishedAt);
    assert.deepEqual(times, times.toSorted().reverse());
    assert.deepEqual(missing, []);
  });

  test("are one set of figures", async () => {
    const { queues } = await read<{ queues: Record<string, Record<string, number>> }>("/stats");
    assert.equal(queues.default?.successful, customers.length);
  });

  test("have pages of their own", async () => {
    for (const name of ["A", "B"]) assert.equal((await workerd.fetch(`/${name}/healthz`)).status, 200);
  });
});

describe("while one is down", () => {
  const port = () => Number(new URL((halves.B as Half).endpoint.url).port);
  const [first = "", second = ""] = of("A");
  const [unlucky = ""] = of("B");

  before(async () => {
    await halves.B?.endpoint.close();
  });

  test("the other runs what it is given, and the rest is refused", async () => {
    assert.deepEqual([await bill(first), await bill(unlucky)], [201, 503]);
    await until(async () => (await billed("A")).length === of("A").length + 1);
  });

  test("the other goes on as its own ledger is told", async () => {
    const jobs = [{ name: "invoice", payload: { customer: second, cents: 1 } }];
    await halves.A?.database.sql("select from mayfly.enqueue_v1($1::jsonb)", [JSON.stringify(jobs)]);
    const response = await workerd.fetch("/A/v1/wake", { method: "POST", headers: { authorization: "Bearer token-of-a-test" } });
    assert.equal(response.status, 200);
    await until(async () => (await billed("A")).length === of("A").length + 2);
  });

  test("the cron tells of it", async () => {
    const { outcome } = await workerd.getWorker().scheduled({ cron: "* * * * *" });
    assert.equal(outcome, "exception");
  });

  test("lists tell whose share is missing", async () => {
    const { results, missing } = await read<Results>("/results");
    assert.deepEqual([results.length, missing], [of("A").length + 2, ["B"]]);
  });

  test("and once it is back, it goes on", async () => {
    const half = halves.B as Half;
    half.endpoint = await startNeonEndpoint({ database: pgDatabase(half.database.pool), port: port() });
    assert.equal(await bill(unlucky), 201);
    await until(async () => (await billed("B")).length === of("B").length + 1);
    assert.deepEqual((await read<Results>("/results")).missing, []);
  });
});
