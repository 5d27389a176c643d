/**
 * Two Workers in a real workerd: one enqueues at the other over a service binding. And an invocation that may only make so many requests.
 * @module
 */
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import type { TestHarness } from "wrangler";
import type { EnqueueResult, JobStatus } from "../../src/job/jobs-client.ts";
import { useStage } from "../support/adapter.ts";
import { until } from "../support/condition.ts";
import { empty } from "../support/content.ts";
import { newJob } from "../support/samples.ts";
import { startWorkers } from "../support/workerd.ts";

let harness: TestHarness;
const stage = useStage(async ({ env }) => {
  harness = await startWorkers(["test/adapters/workers/caller.toml", "test/adapters/workers/queue.toml"], env);
});
after(() => harness.close());
beforeEach(async () => {
  await until(async () => (await stage.database.sql("select id from mayfly.worker where left_at is null")).length === 0);
  await empty(stage.database);
});

interface Told<Answer> {
  readonly answer: Answer;
  readonly message?: string;
  readonly code?: string;
}

async function call<Answer>(binding: string, method: string, ...args: unknown[]): Promise<Told<Answer>> {
  const response = await harness.fetch("/", { method: "POST", body: JSON.stringify({ binding, method, args }) });
  return (await response.json()) as Told<Answer>;
}

const names = async () =>
  (await stage.database.sql<{ name: string }>("select name from mayfly.live order by name")).map(({ name }) => name);

test("another Worker enqueues without a token; the poke runs the job, which the other reads", async () => {
  const { answer } = await call<EnqueueResult>("JOBS", "enqueue", "work", { n: 1 });
  assert.equal(answer.outcome, "enqueued");
  const job = await until(async () => {
    const { answer: seen } = await call<JobStatus>("JOBS", "get", answer.id);
    return seen.finishedAt !== undefined && seen;
  });
  assert.deepEqual([job.state, job.attempts[0]?.output], ["successful", 2]);
});

test("options and batches are those of the HTTP API, and so is what is refused", async () => {
  const id = "01890000-0000-7000-8000-000000000001";
  const { answer } = await call<EnqueueResult[]>("JOBS", "enqueueMany", [
    { name: "work", payload: { n: 1 }, id, delay: "1h" },
    { name: "secret", runAt: new Date(Date.now() + 3_600_000).toISOString() },
  ]);
  assert.deepEqual(
    answer.map(({ outcome }) => outcome),
    ["enqueued", "enqueued"],
  );
  assert.equal((await call<EnqueueResult>("JOBS", "enqueue", "work", { n: 1 }, { id })).answer.outcome, "duplicate");
  const before = await names();
  for (const [args, code, message] of [
    [["nobody"], "unknown_job", /no job is named "nobody"/],
    [["work", { n: "1" }], "invalid_payload", /payload\.n/],
    [["work", { n: 1 }, { colour: "red" }], "invalid_options", /colour: is not an option/],
  ] as const) {
    const told = await call("JOBS", "enqueue", ...args);
    assert.match(told.message ?? "", message);
    assert.equal(told.code, code);
  }
  assert.deepEqual(await names(), before);
});

test("a binding with a list enqueues and reads only what is on it", async () => {
  const { answer } = await call<EnqueueResult>("JOBS", "enqueue", "secret", {}, { delay: "1h" });
  assert.equal((await call("SOME_JOBS", "get", answer.id)).answer, null);
  for (const [method, ...args] of [
    ["enqueue", "secret"],
    ["enqueue", "work", { n: 1 }, { queue: "other" }],
    ["enqueueMany", [{ name: "work", payload: { n: 1 } }, { name: "secret" }]],
  ] as const) {
    assert.match((await call("SOME_JOBS", method, ...args)).message ?? "", /This binding may not enqueue/);
  }
  assert.deepEqual(await names(), ["secret"]);
  assert.equal((await call<EnqueueResult>("SOME_JOBS", "enqueue", "work", { n: 1 }, { delay: "1h" })).answer.outcome, "enqueued");
});

test("props of another shape allow nothing", async () => {
  assert.match(
    (await call("WRONG_PROPS", "enqueue", "work", { n: 1 })).message ?? "",
    /props of the binding cannot be taken\. job: is no bound/,
  );
  assert.deepEqual(await names(), []);
});

test("with its requests spent, an invocation claims no more, and the next one goes on", async () => {
  await stage.database.store.enqueue(Array.from({ length: 20 }, () => newJob({ payload: { n: 1 } })));
  const left = async () => (await names()).length;
  const seen = [await left()];
  while ((seen.at(-1) ?? 0) > 0) {
    assert.equal((await harness.getWorker("queue").scheduled({ cron: "* * * * *" })).outcome, "ok");
    seen.push(await left());
  }
  assert.ok(seen.length > 3, seen.join(" "));
  assert.deepEqual(await stage.database.sql("select outcome, count(*)::int as n from mayfly.result group by 1"), [
    { outcome: "successful", n: 20 },
  ]);
});
