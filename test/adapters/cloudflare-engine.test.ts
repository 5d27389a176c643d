/**
 * A ledger and lanes in a real workerd, over a real Postgres: what becomes runnable is run without a cron.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { TestHarness } from "wrangler";
import type { EnqueueResult } from "../../src/job/jobs-client.ts";
import type { LedgerStatus } from "../../src/wake/status.ts";
import { until } from "../support/condition.ts";
import { empty } from "../support/content.ts";
import { type CountingEndpoint, startCountingEndpoint } from "../support/counting-endpoint.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { startWorkers } from "../support/workerd.ts";

let server: TestServer;
let database: TestDatabase;
let endpoint: CountingEndpoint;
let workerd: TestHarness;

before(async () => {
  server = await testServer(18);
  database = await server.database();
  endpoint = await startCountingEndpoint(database);
  workerd = await startWorkers(["test/adapters/workers/engine.toml"], { ...endpoint.vars, MAYFLY_OPERATOR_TOKENS: "token" });
});
after(async () => {
  await workerd.close();
  await endpoint.close();
  await database.close();
  await server.stop();
});
beforeEach(async () => {
  await quiet();
  await empty(database);
});

async function send(path: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return (await workerd.fetch(path, { ...init, headers: { authorization: "Bearer token" } })) as unknown as Response;
}

async function enqueue(...jobs: readonly object[]): Promise<EnqueueResult[]> {
  const response = await send("/v1/jobs", jobs.length === 1 ? jobs[0] : { jobs });
  assert.equal(response.status, 201);
  const answer = (await response.json()) as EnqueueResult | { readonly results: EnqueueResult[] };
  return "results" in answer ? answer.results : [answer];
}

const cron = () => workerd.getWorker().scheduled({ cron: "* * * * *" });
const ledger = async () => (await (await send("/ledger")).json()) as LedgerStatus;

/** Waits until no consumer has a lease, and none is about to be started. */
function quiet(): Promise<true> {
  return until(async () => {
    const { lanes, others, nextInMs } = await ledger();
    return lanes + others === 0 && (nextInMs === null || nextInMs > 60_000);
  });
}

/** Waits until so many jobs of a name have succeeded. */
function succeeded(name: string, jobs = 1): Promise<true> {
  return until(async () => {
    const [row] = await database.sql<{ count: number }>(
      "select count(*)::integer as count from mayfly.result where name = $1 and outcome = 'successful'",
      [name],
    );
    return row?.count === jobs;
  });
}

describe("without a cron there runs", () => {
  test("a job that can run at once", async () => {
    await enqueue({ name: "quick" });
    await succeeded("quick");
  });

  test("a job with a delay", async () => {
    await enqueue({ name: "quick", delay: "1s" });
    await succeeded("quick");
  });

  test("a retry", async () => {
    await enqueue({ name: "flaky", payload: { delay: "1s" } });
    await succeeded("flaky");
  });

  test("what a handler puts in, for now and for later", async () => {
    await enqueue({ name: "chain", payload: { left: 5 } }, { name: "later", payload: { delay: "1s" } });
    await succeeded("chain", 6);
    await succeeded("quick");
  });

  test("a job that its running limit admits", async () => {
    await enqueue({ name: "single", payload: { ms: 300 } });
    await enqueue({ name: "single", payload: { ms: 0 } });
    await succeeded("single", 2);
  });

  test("what waited in a queue that is resumed", async () => {
    await send("/v1/queues/default/pause", {});
    await enqueue({ name: "quick" });
    await quiet();
    await send("/v1/queues/default/resume", {});
    await succeeded("quick");
  });

  test("a retry by hand", async () => {
    const [job] = await enqueue({ name: "quick" });
    await succeeded("quick");
    await quiet();
    await send(`/v1/jobs/${job?.id}/retry`, {});
    await succeeded("quick", 2);
  });

  test("what somebody has put in by SQL, and says so", async () => {
    await database.sql(`select from mayfly.enqueue_v1('[{"name": "quick"}]')`);
    await send("/wake");
    await succeeded("quick");
  });

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
