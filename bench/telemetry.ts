/**
 * What telemetry costs the turn loop: no-op jobs in process over a real Postgres, without the wrappers, with them and no SDK, and with an SDK
 * that records everything and exports nothing.
 *
 *     node --import ./scripts/jsx-loader.ts bench/telemetry.ts [rounds] [jobs]
 *
 * Rounds alternate, each in another order, after one that does not count. What is told is the median of each way, and by how much it is slower than the
 * first in the median of the rounds' own ratios, which what else the machine does disturbs less.
 * @module
 */
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { defineJob } from "../src/job/job-definition.ts";
import { traceWorker } from "../src/telemetry/trace-worker.ts";
import { drain } from "../src/worker/drain.ts";
import { executeHere } from "../src/worker/execute.ts";
import { openDatabase, startTestServer } from "../test/support/database.ts";
import { createWorker } from "../test/support/worker.ts";

const [rounds, jobs] = [Number(process.argv[2] ?? 15), Number(process.argv[3] ?? 10_000)];
const SLOTS = 500;
const WAYS = ["without", "no SDK", "SDK"] as const;
type Way = (typeof WAYS)[number];

const server = await startTestServer(18);
const database = await server.database();
const { driver, store, sql, close } = openDatabase(database.url, 4);
const noop = defineJob("noop");
const handlers = [noop.handle<undefined>(() => {})];

const traces = new TracerProvider({
  spanProcessors: [new BatchSpanProcessor({ exporter: { export: (_, done) => done({ code: 0 }), shutdown: async () => {} } })],
});
const reader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.DELTA) });
const meters = new MeterProvider({ readers: [reader] });

/** Milliseconds for all jobs. */
async function run(way: Way): Promise<number> {
  await sql("truncate mayfly.job, mayfly.ready, mayfly.running, mayfly.result, mayfly.worker, mayfly.claim, mayfly.attempt_counts");
  const base = createWorker<undefined>({ store, handlers, slots: SLOTS });
  for (let enqueued = 0; enqueued < jobs; enqueued += 1_000)
    await base.jobs.enqueueMany(Array.from({ length: Math.min(1_000, jobs - enqueued) }, () => [noop, {}] as const));
  await driver.query({ text: "analyze mayfly.ready", params: [] });
  if (way === "SDK") register();
  const worker = way === "without" ? base : traceWorker(base, executeHere(base)).worker;
  const startedAt = performance.now();
  const { successful } = await drain(worker, { park: true, waitMs: 0 });
  const ms = performance.now() - startedAt;
  unregister();
  if (successful !== jobs) throw new Error(`${successful} of ${jobs} jobs were run`);
  return ms;
}

function register(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(traces);
  metrics.setGlobalMeterProvider(meters);
}

function unregister(): void {
  context.disable();
  trace.disable();
  metrics.disable();
}

const took = new Map<Way, number[]>(WAYS.map((way) => [way, []]));
for (const way of WAYS) await run(way);
for (let round = 0; round < rounds; round++) {
  const order = WAYS.map((_, index) => WAYS[(index + round) % WAYS.length] as Way);
  for (const way of round % 2 === 0 ? order : order.reverse()) took.get(way)?.push(await run(way));
}
const plain = took.get("without") ?? [];
for (const [way, all] of took) {
  const slower = median(all.map((ms, round) => ms / (plain[round] ?? ms) - 1)) * 100;
  console.log(
    `${way.padEnd(8)} ${median(all).toFixed(0)} ms, ${Math.round((jobs / median(all)) * 1_000)} jobs/s, ${slower.toFixed(1)} % slower`,
  );
}
await Promise.all([close(), database.close(), traces.shutdown(), meters.shutdown()]);
await server.stop();

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
