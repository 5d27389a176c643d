/**
 * How a failure shows on a span.
 * @module
 */
import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { isMayflyError } from "../base/errors.ts";
import { serializeError } from "../base/serialize-error.ts";
import { safely } from "./safely.ts";

/** Bytes of an exception event. */
const MAX_BYTES = 16_384;
/** Characters of a type: as an attribute of metrics it makes a series. */
const MAX_TYPE = 255;

/** `error.type`: Mayfly's errors by their code, others by their class. */
export function errorType(thrown: unknown): string {
  try {
    return isMayflyError(thrown) ? String(thrown.code).slice(0, MAX_TYPE) : classOf(thrown);
  } catch {
    return "NonError";
  }
}

/** A subclass that sets no name is known by its class. */
function classOf(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return "NonError";
    return String(thrown.name === "Error" ? thrown.constructor.name : thrown.name).slice(0, MAX_TYPE) || "Error";
  } catch {
    // Whatever was thrown decides itself what reading it does.
    return "NonError";
  }
}

/** Watermarks a span as failed: its type, one exception event, the status. */
export function fail(span: Span, thrown: unknown, type = errorType(thrown)): void {
  const { message, stack } = serializeError(thrown, MAX_BYTES);
  safely(() => {
    span.setAttribute("error.type", type);
    span.addEvent("exception", {
      "exception.type": classOf(thrown),
      "exception.message": message,
      ...(stack === undefined ? {} : { "exception.stacktrace": stack }),
    });
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  });
}
