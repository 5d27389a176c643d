/**
 * A ledger and lanes in a real workerd, over a real Postgres: what becomes runnable is run without a cron.
 * @module
 */
import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
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
  workerd = await startWorkers(["test/adapters/workers/engine.toml"], { ...endpoint.vars, MAYFLY_OPERATOR_TOKENS: "token-of-a-test" });
});
after(async () => {
  await workerd.close();
  await endpoint.close();
});
// What a consumer that is still under way writes comes before the database is emptied.
afterEach(() => quiet());

async function send(path: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return (await workerd.fetch(path, { ...init, headers: { authorization: "Bearer token-of-a-test" } })) as unknown as Response;
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

/** While jobs live: the most samples in a row, half a second apart, in which some are ready, none runs, and none has ended since the one before. */
async function longestPause(): Promise<number> {
  let [longest, inARow, endedBefore] = [0, 0, 0];
  for (;;) {
    const [row] = await database.sql<{ ready: boolean; runs: boolean; ended: number }>(
      `select exists (select from mayfly.ready) as ready, exists (select from mayfly.running) as runs,
        (select count(*)::integer from mayfly.result) as ended`,
    );
    if (!row || !(row.ready || row.runs)) return longest;
    inARow = row.ready && !row.runs && row.ended === endedBefore ? inARow + 1 : 0;
    longest = Math.max(longest, inARow);
    endedBefore = row.ended;
    await pause(500);
  }
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

  test("what somebody has put in by SQL, and says so over HTTP", async () => {
    await database.sql(`select from mayfly.enqueue_v1('[{"name": "quick"}]')`);
    await post("/v1/wake");
    await succeeded("quick");
  });

  test("the next tick of a schedule that is resumed", async () => {
    await post("/v1/tick");
    await post("/v1/schedules/yearly/pause");
    await database.sql("update mayfly.schedule set next_at = now() + interval '2 seconds' where name = 'yearly'");
    await quiet();
    await post("/v1/schedules/yearly/resume");
    await succeeded("yearly");
  });

  test("a chain of fifty jobs, each of which puts the next one in", async () => {
    await enqueue({ name: "chain", payload: { left: 49 } });
    await succeeded("chain", 50);
  });

  test("a backlog that outlives the drain after its enqueue, in several lanes, and at no time do all of them stand still", async () => {
    await enqueue(...Array.from({ length: 200 }, () => ({ name: "slow", payload: { ms: 200 } })));
    assert.ok((await longestPause()) < 4, "jobs are ready, and in two seconds none runs and none ends");
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

test("one enqueue and the run of its job are three queries", async () => {
  const before = endpoint.queries;
  await enqueue({ name: "quick" });
  await succeeded("quick");
  await quiet();
  assert.equal(endpoint.queries - before, 3);
});

test("two hundred enqueues at once are run by at most ten consumers", async () => {
  await Promise.all(Array.from({ length: 200 }, () => enqueue({ name: "quick" })));
  await succeeded("quick", 200);
  const [row] = await database.sql<{ workers: number }>("select count(distinct worker_id)::integer as workers from mayfly.result");
  assert.ok((row?.workers ?? 0) <= 10, `${row?.workers} workers`);
});
