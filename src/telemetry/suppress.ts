/**
 * The queue's own calls of the database, kept out of the traces that instrumentations make of a user's.
 * @module
 */
import { context, createContextKey } from "@opentelemetry/api";
import { currentTracer } from "./scope.ts";

/** What OpenTelemetry's SDK looks for; `suppressTracing` of `@opentelemetry/core` sets the same. */
const SUPPRESS = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** Calls so that what it starts makes no spans. */
export function quietly<T>(call: () => T): T {
  return currentTracer() ? context.with(context.active().setValue(SUPPRESS, true), call) : call();
}

/** The same verbs, each called quietly, but for those listed. */
export function quiet<Verbs extends object>(verbs: Verbs, loud: readonly (keyof Verbs)[] = []): Verbs {
  const entries = Object.entries(verbs).map(([name, verb]) =>
    typeof verb !== "function" || loud.includes(name as keyof Verbs)
      ? [name, verb]
      : [name, (...args: unknown[]) => quietly(() => (verb as (...args: unknown[]) => unknown)(...args))],
  );
  return Object.fromEntries(entries) as Verbs;
}
