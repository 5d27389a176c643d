/**
 * A ledger and lanes in a real workerd, over a real Postgres: what becomes runnable is run without a cron.
 * @module
 */
import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import type { TestHarness } from "wrangler";
import type { LedgerStatus } from "../../src/wake/status.ts";
import { until } from "../support/condition.ts";
import { type CountingEndpoint, startCountingEndpoint } from "../support/counting-endpoint.ts";
import { useDatabase } from "../support/database.ts";
import { enqueueIn, runsWithoutCron, succeededIn } from "../support/engine-app.ts";
import { startWorkers } from "../support/workerd.ts";

let endpoint: CountingEndpoint;
let workerd: TestHarness;

const database = useDatabase(async (database) => {
  endpoint = await startCountingEndpoint(database);
  workerd = await startWorkers(["test/adapters/workers/engine.toml"], { ...endpoint.vars, MAYFLY_OPERATOR_TOKENS: "token" });
});
after(async () => {
  await workerd.close();
  await endpoint.close();
});
// What a consumer that is still under way writes comes before the database is emptied.
afterEach(() => quiet());

async function send(path: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return (await workerd.fetch(path, { ...init, headers: { authorization: "Bearer token" } })) as unknown as Response;
}

async function post(path: string, body: object = {}): Promise<unknown> {
  const response = await send(path, body);
  assert.ok(response.ok, `${path}: ${response.status}`);
  return await response.json();
}

const enqueue = (...jobs: readonly object[]) => enqueueIn({ post }, ...jobs);
const succeeded = (name: string, jobs?: number) => succeededIn(app, name, jobs);

const cron = () => workerd.getWorker().scheduled({ cron: "* * * * *" });
const ledger = async () => (await (await send("/ledger")).json()) as LedgerStatus;

/** Waits until no consumer has a lease, and none is about to be started. */
function quiet(): Promise<true> {
  return until(async () => {
    const { lanes, others, nextInMs } = await ledger();
    return lanes + others === 0 && (nextInMs === null || nextInMs > 60_000);
  });
}

const app = { database: () => database, delay: "1s", post, wake: () => send("/wake"), quiet };

describe("without a cron there runs", () => {
  runsWithoutCron(app);

  test("a job behind others that run for long, while these still do", async () => {
    await enqueue(...Array.from({ length: 5 }, () => ({ name: "slow", payload: { ms: 6_000 } })));
    await succeeded("slow", 5);
    const [row] = await database.sql<{ beside: boolean }>("select max(started_at) < min(finished_at) as beside from mayfly.result");
    assert.equal(row?.beside, true);
  });

  test("a backlog that outlives the drain after its enqueue, in several lanes", async () => {
    await enqueue(...Array.from({ length: 200 }, () => ({ name: "slow", payload: { ms: 200 } })));
    await succeeded("slow", 200);
    const [row] = await database.sql<{ workers: number }>("select count(distinct worker_id)::integer as workers from mayfly.result");
    assert.ok((row?.workers ?? 0) > 1, `${row?.workers} workers`);
  });
});

test("the metrics tell of the ledger", async () => {
  await enqueue({ name: "quick", delay: "1h" });
  const metrics = await (await send("/metrics")).text();
  assert.match(metrics, /^mayfly_ledger_lanes 0$/m);
  assert.match(metrics, /^mayfly_ledger_wakes_total [1-9]\d*$/m);
  assert.match(metrics, /^mayfly_ledger_next_seconds 3[56]\d\d/m);
});

describe("a database in which nothing is due", () => {
  test("is asked nothing by sixty crons", async () => {
    await cron();
    await quiet();
    const before = endpoint.queries;
    for (let minute = 0; minute < 60; minute++) await cron();
    assert.equal(endpoint.queries - before, 0);
  });
});

test("two hundred enqueues at once are run by at most ten consumers", async () => {
  await Promise.all(Array.from({ length: 200 }, () => enqueue({ name: "quick" })));
  await succeeded("quick", 200);
  const [row] = await database.sql<{ workers: number }>("select count(distinct worker_id)::integer as workers from mayfly.result");
  assert.ok((row?.workers ?? 0) <= 10, `${row?.workers} workers`);
});
