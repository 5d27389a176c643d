/**
 * The container's SDK, loaded with `--import`: a line of JSON in the file SPANS for each span that ends, and for each metric at a flush.
 * @module
 */
import { appendFileSync } from "node:fs";
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics";
import { SimpleSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";

const file = process.env.SPANS ?? "";
const write = (record: object) => appendFileSync(file, `${JSON.stringify({ pid: process.pid, ...record })}\n`);

const spans: SpanExporter = {
  export(ended, done) {
    for (const span of ended)
      write({
        span: span.name,
        spanId: span.spanContext().spanId,
        parent: span.parentSpanContext?.spanId,
        links: span.links.map(({ context: linked }) => linked.spanId),
        events: span.events.length,
        attributes: span.attributes,
      });
    done({ code: 0 });
  },
  shutdown: async () => {},
};

const measured: PushMetricExporter = {
  export({ scopeMetrics }, done) {
    for (const { descriptor, dataPoints } of scopeMetrics.flatMap((scope) => scope.metrics))
      for (const { attributes, value } of dataPoints)
        write({ metric: descriptor.name, attributes, value: typeof value === "number" ? value : {} });
    done({ code: 0 });
  },
  selectAggregationTemporality: () => AggregationTemporality.DELTA,
  forceFlush: async () => {},
  shutdown: async () => {},
};

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: measured })] }));
