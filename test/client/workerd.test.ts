/**
 * The client in a real workerd.
 * @module
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { TestHarness } from "wrangler";
import type { EnqueueResult, JobStatus } from "../../src/job/jobs-client.ts";
import { useStage } from "../support/adapter.ts";
import { startWorkers } from "../support/workerd.ts";

let harness: TestHarness;
useStage(async ({ env }) => {
  harness = await startWorkers(["test/adapters/workers/client.toml", "test/adapters/workers/standalone.toml"], env);
});
after(() => harness.close());

async function ask(token: string, name: string) {
  const response = await harness.fetch("/", { method: "POST", body: JSON.stringify({ token, name }) });
  return (await response.json()) as { result?: EnqueueResult; job?: JobStatus; code?: string; status?: number };
}

test("a Worker enqueues and looks with nothing but a token, and is told what is wrong", async () => {
  const { result, job } = await ask("producer", "greet");
  assert.deepEqual([result?.outcome, job?.id, job?.state, job?.payload], ["enqueued", result?.id, "scheduled", { name: "Ada" }]);
  assert.deepEqual(await ask("producer", "nobody").then(({ code, status }) => [code, status]), ["unknown_job", 422]);
  assert.deepEqual(await ask("wrong", "greet").then(({ code, status }) => [code, status]), ["unauthorized", 401]);
});
