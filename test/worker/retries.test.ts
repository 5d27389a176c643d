/**
 * Retries: written with the failure, due from the moment of it.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exponential } from "../../src/job/backoff.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { useEngine } from "../support/engine.ts";
import { createWorker } from "../support/worker.ts";

const engine = useEngine();
const producer = () => createWorker({ store: engine.database.store, handlers: [] }).jobs;

test("1 s, 2 s, 4 s: each retry is due exactly so long after the failure, and one worker's life runs them all", async () => {
  const work = defineJob("work", { retries: 3, retryDelay: exponential({ base: "1s", max: "1h" }), concurrencyKey: () => "k" });
  const handler = work.handle(() => {
    throw new Error("no");
  });
  const { id } = await producer().enqueue(work, {}, { source: "here", traceparent: "trace", tracestate: "state" });
  const result = await engine.run({ handlers: [handler], clock: engine.clock, claimForMs: 60_000 }, 60_000);
  assert.deepEqual([result.claimed, result.errored], [4, 4]);
  const rows = await engine.database.sql(
    `select r.attempt, extract(epoch from r.retry_at - r.finished_at)::float as wait, r.key, j.source, j.traceparent, j.tracestate
     from mayfly.result r join mayfly.job j on j.id = r.id where r.id = $1 order by r.attempt`,
    [id],
  );
  const kept = { key: "k", source: "here", traceparent: "trace", tracestate: "state" };
  assert.deepEqual(rows, [
    { attempt: 1, wait: 1, ...kept },
    { attempt: 2, wait: 2, ...kept },
    { attempt: 3, wait: 4, ...kept },
    { attempt: 4, wait: null, ...kept },
  ]);
});

test("the key is held between a failure and its retry", async () => {
  const work = defineJob("work", { retries: 1, retryDelay: "1h", concurrencyKey: () => "k" });
  const jobs = producer();
  const { id } = await jobs.enqueue(work, {});
  await engine.run({
    handlers: [
      work.handle(() => {
        throw new Error("no");
      }),
    ],
  });
  const second = await jobs.enqueue(work, {});
  assert.deepEqual([second.outcome, second.existingId], ["blocked", id]);
});

test("an error with retry: false, and one whose delay rule says how long, are obeyed", async () => {
  const work = defineJob<"work", { final: boolean }>("work", {
    retries: 5,
    retryDelay: (attempt, error) => `${attempt * Number((error as { wait?: number }).wait)}s`,
  });
  const jobs = producer();
  const { id: final } = await jobs.enqueue(work, { final: true });
  const { id: waits } = await jobs.enqueue(work, { final: false });
  await engine.run({
    handlers: [
      work.handle(({ payload }) => Promise.reject(Object.assign(new Error("no"), payload.final ? { retry: false } : { wait: 90 }))),
    ],
  });
  assert.deepEqual([(await engine.status(final)).state, (await engine.status(waits)).state], ["errored", "scheduled"]);
  assert.deepEqual(
    await engine.database.sql(
      "select extract(epoch from retry_at - finished_at)::int as wait from mayfly.result where retry_at is not null",
    ),
    [{ wait: 90 }],
  );
});
