/**
 * A backlog that many lanes drain one after the other, in a real workerd over a real Postgres. Cloudflare cuts off calls that lead to calls at the sixteenth;
 * the local runtime does not, so the Worker counts them.
 * @module
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { TestHarness } from "wrangler";
import { type CountingEndpoint, startCountingEndpoint } from "../support/counting-endpoint.ts";
import { useDatabase } from "../support/database.ts";
import { faultyEngine } from "../support/faulty-engine.ts";
import { startWorkers } from "../support/workerd.ts";

let endpoint: CountingEndpoint;
let workerd: TestHarness;

const database = useDatabase(async (database) => {
  endpoint = await startCountingEndpoint(database);
  const vars = { ...endpoint.vars, MAYFLY_OPERATOR_TOKENS: "token-of-a-test", CLAIM_FOR: "1s", SLOTS: "1" };
  workerd = await startWorkers(["test/adapters/workers/faults.toml"], vars);
});
after(async () => {
  await workerd.close();
  await endpoint.close();
});

const engine = faultyEngine(
  () => database,
  () => ({
    send: async (path, init) => (await workerd.fetch(path, init)) as unknown as Response,
    cron: () => workerd.getWorker().scheduled({ cron: "* * * * *" }),
  }),
);

test("a backlog that needs a hundred invocations is drained without a cron, each job once, by calls that are never eight deep", async () => {
  await engine.fresh();
  await engine.putIn(...Array.from({ length: 400 }, () => ({ name: "slow", payload: { ms: 350 } })));
  await engine.wake();
  const outcomes = await engine.ended();
  assert.deepEqual([outcomes.length, new Set(outcomes)], [400, new Set(["slow successful"])]);
  const [row] = await database.sql<{ workers: number }>("select count(distinct worker_id)::integer as workers from mayfly.result");
  assert.ok((row?.workers ?? 0) >= 100, `${row?.workers} workers`);
  const { deepest } = await engine.ask<{ deepest: number }>("/counts");
  assert.ok(deepest > 0 && deepest < 8, `${deepest} deep`);
});
