/**
 * Getting recorded spans, metrics and logs out before an invocation ends.
 * @module
 */
import * as api from "@opentelemetry/api";
import type { Clock } from "../base/clock.ts";

interface Flushable {
  forceFlush(): Promise<unknown>;
}

/** So long at most, in milliseconds. */
const MOST_MS = 2_000;

/** Flushes what the registered SDK has. Never throws; without an SDK it does nothing. */
export async function flushTelemetry(clock: Pick<Clock, "sleep">, mostMs = MOST_MS): Promise<void> {
  // An API of 1.9 has no logs yet.
  const logs: Pick<typeof api.logs, "getLoggerProvider"> | undefined = api.logs;
  const providers = [api.trace.getTracerProvider(), api.metrics.getMeterProvider(), logs?.getLoggerProvider() ?? {}];
  const flushable = providers.map(delegateOf).filter(isFlushable);
  if (flushable.length === 0) return;
  const done = new AbortController();
  const flushed = Promise.allSettled(flushable.map(async (provider) => await provider.forceFlush()));
  await Promise.race([flushed, clock.sleep(mostMs, done.signal)]);
  done.abort();
}

/** The API hands out a stand-in. */
function delegateOf(provider: object): object {
  return "getDelegate" in provider && typeof provider.getDelegate === "function" ? (provider.getDelegate() as object) : provider;
}

function isFlushable(provider: object): provider is Flushable {
  return "forceFlush" in provider && typeof provider.forceFlush === "function";
}
