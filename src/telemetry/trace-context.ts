/**
 * W3C trace context, as a job carries it from who enqueued it to who runs it. No propagator has to be registered for it.
 * @module
 */
import { createTraceState, isSpanContextValid, type SpanContext } from "@opentelemetry/api";
import type { TraceHeaders } from "../base/trace-headers.ts";

/** Longer ones are not stored. */
const MAX_TRACESTATE = 1_024;

/** Undefined for a context that names no span. */
export function toHeaders(context: SpanContext): TraceHeaders | undefined {
  if (!isSpanContextValid(context)) return undefined;
  const flags = (context.traceFlags & 0xff).toString(16).padStart(2, "0");
  const tracestate = context.traceState?.serialize();
  return {
    traceparent: `00-${context.traceId}-${context.spanId}-${flags}`,
    ...(tracestate && tracestate.length <= MAX_TRACESTATE ? { tracestate } : {}),
  };
}

/** Undefined for what is no trace context, nor text: options are checked later. A later version may have more parts; `ff` is none. */
export function fromHeaders({ traceparent, tracestate }: TraceHeaders): SpanContext | undefined {
  const [, version, traceId = "", spanId = "", flags = "", more] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(isText(traceparent) ? traceparent.trim() : "") ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(isText(tracestate) ? { traceState: createTraceState(tracestate) } : {}),
  };
  return isSpanContextValid(context) ? context : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
