/**
 * The headers of W3C trace context, as a job carries them from the program that enqueues it to the program that runs it: https://www.w3.org/TR/trace-context/
 * @module
 */

export interface TraceHeaders {
  /** The span that this comes from. */
  readonly traceparent?: string | undefined;
  /** What vendors add to it. */
  readonly tracestate?: string | undefined;
}

/** Their names, in the order in which rows hold them. */
export const TRACE_HEADERS = ["traceparent", "tracestate"] as const satisfies readonly (keyof TraceHeaders)[];

/** No trace. */
export const NO_TRACE: TraceHeaders = {};

/** The headers that a lookup finds; `NO_TRACE` where it finds none. */
export function traceHeaders(find: (name: keyof TraceHeaders) => string | null | undefined): TraceHeaders {
  const found = TRACE_HEADERS.flatMap((name) => {
    const value = find(name);
    return value === null || value === undefined ? [] : [[name, value]];
  });
  return found.length === 0 ? NO_TRACE : Object.fromEntries(found);
}

/** Whether they say the same. */
export function isSameTrace(a: TraceHeaders, b: TraceHeaders): boolean {
  return a === b || TRACE_HEADERS.every((name) => a[name] === b[name]);
}
