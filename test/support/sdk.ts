/**
 * OpenTelemetry's SDK for the tests of a file, exporting into memory.
 * @module
 */
import { after, before, beforeEach } from "node:test";
import { type Attributes, context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

export interface Point {
  readonly attributes: Attributes;
  /** Of a histogram, how many there are. */
  readonly value: number;
}

export interface Sdk {
  /** What has ended since the test began, in that order; with a name, only those. */
  spans(name?: string): ReadableSpan[];
  /** The only span of this name. */
  span(name: string): ReadableSpan;
  /** What has been recorded since this was last asked, by the names of metrics; `mayfly.*` and `messaging.*` alone. */
  metrics(): Promise<Map<string, Point[]>>;
  /** What each point of a histogram adds up to, in the same time. */
  sums(histogram: string): Promise<number[]>;
}

/** Registers it before the tests of a file. */
export function useSdk(): Sdk {
  const exporter = new InMemorySpanExporter();
  const measured = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
  const traces = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const meters = new MeterProvider({ readers: [reader] });
  const collect = async () => {
    await meters.forceFlush();
    const found = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    measured.reset();
    return found;
  };
  before(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(traces);
    metrics.setGlobalMeterProvider(meters);
  });
  after(async () => {
    trace.disable();
    metrics.disable();
    context.disable();
    await Promise.all([traces.shutdown(), meters.shutdown()]);
  });
  beforeEach(async () => {
    await collect();
    exporter.reset();
  });
  const spans = (name?: string) => exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name);
  return {
    spans,
    async sums(histogram) {
      const points = (await collect()).find(({ descriptor }) => descriptor.name === histogram)?.dataPoints ?? [];
      return points.map(({ value }) => (value as { sum: number }).sum);
    },
    span(name) {
      const [only, ...others] = spans(name);
      if (only && others.length === 0) return only;
      throw new Error(`there are ${others.length + (only ? 1 : 0)} spans "${name}" among ${spans().map((span) => span.name)}`);
    },
    async metrics() {
      return new Map(
        (await collect()).map(({ descriptor, dataPoints }) => [
          descriptor.name,
          dataPoints.map(({ attributes, value }) => ({
            attributes,
            value: typeof value === "number" ? value : (value as { count: number }).count,
          })),
        ]),
      );
    },
  };
}

/** The context that a span links to, or that a job carries, short enough to compare. */
export function idsOf({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): string {
  return `${traceId}-${spanId}`;
}
