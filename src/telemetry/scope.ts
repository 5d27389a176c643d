/**
 * Whether anybody listens: the tracer and the meter of this program's SDK, if it has registered one.
 * @module
 */
import {
  type Context,
  createNoopMeter,
  type Meter,
  type MeterProvider,
  metrics,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { safely } from "./safely.ts";

/** The name of the instrumentation scope. */
const SCOPE = "mayfly";
/** The package's version. */
const VERSION = "0.1.0";

let traced: { readonly provider: TracerProvider; readonly tracer: Tracer } | undefined;
let measured: { readonly provider: MeterProvider; readonly meter: Meter } | undefined;

/** Undefined without an SDK. Asked anew at each call, since it may be registered at any time; costs a comparison. */
export function currentTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  if (traced?.provider === provider) return traced.tracer;
  // Before an SDK is there, the API's provider stands in for it, and has no delegate.
  const delegating = provider as TracerProvider & { getDelegateTracer?(name: string, version: string): Tracer | undefined };
  const tracer = delegating.getDelegateTracer ? delegating.getDelegateTracer(SCOPE, VERSION) : provider.getTracer(SCOPE, VERSION);
  if (tracer) traced = { provider, tracer };
  return tracer;
}

/** Undefined without an SDK, and where it fails to make one. */
export function startSpan(name: string, options: SpanOptions, context?: Context): Span | undefined {
  return safely(() => currentTracer()?.startSpan(name, options, context));
}

/** Ends a span, if there is one. */
export function endSpan(span: Span | undefined): void {
  safely(() => span?.end());
}

/** Undefined without an SDK for metrics. */
export function currentMeter(): Meter | undefined {
  const provider = metrics.getMeterProvider();
  if (measured?.provider === provider) return measured.meter;
  const meter = provider.getMeter(SCOPE, VERSION);
  if (meter === createNoopMeter()) return undefined;
  measured = { provider, meter };
  return meter;
}
