/**
 * Flushing before an invocation ends: within its time, without errors, and only where there is something.
 * @module
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { logs, metrics, trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { systemClock } from "../../src/app/system-clock.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { flushTelemetry } from "../../src/telemetry/flush.ts";
import { useQueue } from "../support/queue.ts";

const queue = useQueue();

afterEach(() => {
  trace.disable();
  metrics.disable();
  logs.disable();
});

const provider = (forceFlush: () => Promise<void>) => ({ forceFlush }) as never;

test("without an SDK there is nothing to do", async () => {
  await flushTelemetry({ sleep: () => assert.fail("waited") });
});

test("traces, metrics and logs are flushed; one that fails stops no other", async () => {
  const flushed: string[] = [];
  trace.setGlobalTracerProvider(provider(() => Promise.reject(new Error("no collector"))));
  metrics.setGlobalMeterProvider(provider(async () => void flushed.push("metrics")));
  logs.setGlobalLoggerProvider(provider(async () => void flushed.push("logs")));
  await flushTelemetry(systemClock);
  assert.deepEqual(flushed, ["metrics", "logs"]);
});

test("a collector that does not answer is waited for only so long, and one that throws at once is no error", async () => {
  trace.setGlobalTracerProvider(provider(() => new Promise(() => {})));
  metrics.setGlobalMeterProvider(
    provider(() => {
      throw new Error("shut down");
    }),
  );
  const startedAt = performance.now();
  await flushTelemetry(systemClock, 50);
  assert.ok(performance.now() - startedAt < 1_000);
});

test("a tick that ran something has flushed before it ends, an idle one does not; an enqueue asks the invocation to wait for it", async () => {
  let flushes = 0;
  class Counting extends TracerProvider {
    override async forceFlush(): Promise<void> {
      flushes++;
    }
  }
  trace.setGlobalTracerProvider(new Counting());
  const work = defineJob("work");
  const { mayfly, tick } = queue.open({ jobs: [work] });
  await tick([]);
  assert.equal(flushes, 0);
  const kept: Promise<unknown>[] = [];
  await mayfly.connect(undefined, { waitUntil: (promise) => void kept.push(promise) }).enqueue(work, {});
  await Promise.all(kept);
  assert.deepEqual([kept.length, flushes], [1, 1]);
  await tick([work.handle<undefined>(() => {})]);
  assert.equal(flushes, 2);
});
