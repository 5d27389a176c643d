/**
 * The ids of the active span on every line of a log.
 * @module
 */
import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { Logger } from "../base/logger.ts";

/** The same logger; inside a span its lines have `trace_id` and `span_id`, as OpenTelemetry names them in logs. */
export function withTraceIds(logger: Logger): Logger {
  const write =
    (level: "debug" | "info" | "warn" | "error") =>
    (message: string, fields?: Record<string, unknown>): void => {
      const active = trace.getActiveSpan()?.spanContext();
      if (!active || !isSpanContextValid(active)) logger[level](message, fields);
      else logger[level](message, { ...fields, trace_id: active.traceId, span_id: active.spanId });
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => withTraceIds(logger.child(fields)),
  };
}
