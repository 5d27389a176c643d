/**
 * An SDK that throws at every turn: the queue does all the same what it does without one.
 * @module
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { DiagLogLevel, diag, type MeterProvider, metrics, trace } from "@opentelemetry/api";
import { type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { defineJob } from "../../src/job/job-definition.ts";
import { schedule } from "../../src/schedule/schedule.ts";
import { useQueue } from "../support/queue.ts";

const queue = useQueue();
const work = defineJob("work", { retries: 1 });
const daily = defineJob("daily");

const broken = (): never => {
  throw new Error("the exporter is gone");
};

/** A processor that throws there. */
function processorThat(...throws: readonly (keyof SpanProcessor)[]): SpanProcessor {
  const fine = { onStart: () => {}, onEnd: () => {}, forceFlush: async () => {}, shutdown: async () => {} };
  return { ...fine, ...Object.fromEntries(throws.map((method) => [method, broken])) };
}

/** Instruments that can be made and not used. */
const METERS: MeterProvider = {
  getMeter: () => new Proxy({}, { get: () => () => ({ add: broken, record: broken }) }) as never,
};

const disable = () => {
  trace.disable();
  metrics.disable();
  diag.disable();
};
after(disable);

/** Enqueues in each of the ways there are, and runs it all; what became of the jobs. */
async function live(): Promise<unknown[]> {
  const { jobs, tick } = queue.open({ jobs: [work, daily], schedules: [schedule("daily", "0 9 * * *", daily)] });
  const handlers = [
    work.handle<undefined>(({ attempt }) => (attempt === 1 ? Promise.reject(new Error("not yet")) : undefined)),
    daily.handle<undefined>(() => {}),
  ];
  await tick(handlers);
  await queue.database.sql("update mayfly.schedule set next_at = date_trunc('minute', now()) - interval '1 minute'");
  await jobs.enqueue(work, {});
  await jobs.enqueueMany([
    [work, {}],
    [work, {}],
  ]);
  await jobs.transaction([jobs.statement(work, {})]);
  await assert.rejects(jobs.enqueue(work, {}, { priority: 0.5 }), { code: "invalid_options" });
  await tick(handlers);
  await queue.database.sql("truncate mayfly.schedule, mayfly.schedule_set");
  return await queue.database.sql("select name, outcome, count(*)::int as n from mayfly.result group by 1, 2 order by 1, 2");
}

for (const [what, processor, meters] of [
  ["a span processor that throws when a span starts", processorThat("onStart"), undefined],
  ["one that throws when a span ends", processorThat("onEnd"), undefined],
  ["one that throws always, instruments that do, too, and a log for it that does", processorThat("onStart", "onEnd"), METERS],
] as const) {
  test(`${what} fails no enqueue, and no attempt`, async () => {
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
    if (meters) metrics.setGlobalMeterProvider(meters);
    const told: string[] = [];
    const ignore = () => {};
    const error = (message: string) => {
      told.push(message);
      if (meters) broken();
    };
    diag.setLogger({ error, warn: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.ERROR);
    try {
      assert.deepEqual(await live(), [
        { name: "daily", outcome: "successful", n: 1 },
        { name: "work", outcome: "errored", n: 4 },
        { name: "work", outcome: "successful", n: 4 },
      ]);
    } finally {
      disable();
    }
    assert.ok(told.includes("mayfly: not recorded"), told.join());
  });
}
