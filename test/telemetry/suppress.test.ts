/**
 * What the queue itself asks of the database stays out of a user's traces; what the user asks is in them.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { context, trace } from "@opentelemetry/api";
import { isTracingSuppressed, suppressTracing } from "@opentelemetry/core";
import { createConsumer } from "../../src/app/consumer.ts";
import { createMayfly } from "../../src/app/create-mayfly.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { schedule } from "../../src/schedule/schedule.ts";
import { quietly } from "../../src/telemetry/suppress.ts";
import { useQueue } from "../support/queue.ts";
import { useSdk } from "../support/sdk.ts";
import { recordingLogger } from "../support/worker.ts";

const sdk = useSdk();
const queue = useQueue();
const work = defineJob("work");

/** As an instrumentation patches a driver: a span round each call, also those made later on. */
function instrumented(driver: Driver): Driver {
  const spanned =
    <Args extends unknown[], T>(name: string, call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await Promise.resolve();
      const span = trace.getTracer("pg").startSpan(name);
      try {
        return await call(...args);
      } finally {
        span.end();
      }
    };
  return { ...driver, query: spanned("pg.query", driver.query), transaction: spanned("pg.transaction", driver.transaction) };
}

function open() {
  const driver = instrumented(queue.database.driver);
  const mayfly = createMayfly<undefined>({
    jobs: [work],
    schedules: [schedule("daily", "0 9 * * *", work)],
    database: () => driver,
    logger: recordingLogger(),
  });
  const handlers = [work.handle<undefined>(() => driver.query({ text: "select 1 as own", params: [] }))];
  const consumer = createConsumer(mayfly, {
    handlers,
    runtime: "test",
    concurrency: 2,
    lifetime: { claimForMs: 5_000, hardEndMs: 900_000 },
  });
  return { mayfly, consumer, jobs: mayfly.connect(undefined) };
}

const queries = () => sdk.spans().filter(({ instrumentationScope }) => instrumentationScope.name === "pg");

test("no call of the queue's own is traced: enqueues, ticks, turns, an operator's reads", async () => {
  const { mayfly, consumer, jobs } = open();
  const { id } = await jobs.enqueue(work, {}, { delay: "1h" });
  await jobs.get(id);
  await jobs.pending(work);
  await jobs.cancel(id);
  await consumer.tick(undefined);
  await mayfly.operator(undefined).stats();
  assert.deepEqual(queries(), []);
});

test("a handler's queries are inside of its attempt, a transaction's inside of its send span", async () => {
  const { consumer, jobs } = open();
  await jobs.transaction([jobs.statement(work, {}), ["select 1"]]);
  await consumer.tick(undefined);
  assert.deepEqual(
    queries().map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId]),
    [
      ["pg.transaction", sdk.span("send default").spanContext().spanId],
      ["pg.query", sdk.span("process default").spanContext().spanId],
    ],
  );
});

test("the SDK's own means of suppression is the one that is used", () => {
  assert.ok(isTracingSuppressed(suppressTracing(context.active())));
  assert.ok(quietly(() => isTracingSuppressed(context.active())));
  assert.ok(!isTracingSuppressed(context.active()));
});
