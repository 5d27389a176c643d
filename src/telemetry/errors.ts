/**
 * How a failure shows on a span.
 * @module
 */
import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { isMayflyError } from "../core/errors.ts";
import { serializeError } from "../core/outcome.ts";

/** Bytes of an exception event. */
const MAX_BYTES = 16_384;

/** `error.type`: Mayfly's errors by their code, others by their class. */
export function errorType(thrown: unknown): string {
  try {
    if (isMayflyError(thrown)) return thrown.code;
    if (!(thrown instanceof Error)) return "NonError";
    // A subclass that sets no name is known by its class.
    return String(thrown.name === "Error" ? thrown.constructor.name : thrown.name) || "Error";
  } catch {
    // Whatever was thrown decides itself what reading it does.
    return "NonError";
  }
}

/** Marks a span as failed: its type, one exception event, the status. */
export function fail(span: Span, thrown: unknown, type = errorType(thrown)): void {
  const { name, message, stack } = serializeError(thrown, MAX_BYTES);
  span.setAttribute("error.type", type);
  span.addEvent("exception", {
    "exception.type": name,
    "exception.message": message,
    ...(stack === undefined ? {} : { "exception.stacktrace": stack }),
  });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
