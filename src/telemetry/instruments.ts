/**
 * The metrics, each made once.
 * @module
 */
import type { Counter, Histogram, Meter } from "@opentelemetry/api";
import { currentMeter } from "./scope.ts";

export interface Instruments {
  readonly sent: Counter;
  readonly consumed: Counter;
  readonly operation: Histogram;
  readonly process: Histogram;
  readonly wait: Histogram;
}

/** Bounds of buckets in seconds, as the messaging conventions give them. */
const CALLS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Jobs may take, and wait, for longer. */
const JOBS = [...CALLS, 30, 60, 300, 900, 3_600, 14_400];

let made: { readonly meter: Meter; readonly instruments: Instruments } | undefined;

/** Undefined without an SDK for metrics. */
export function currentInstruments(): Instruments | undefined {
  const meter = currentMeter();
  if (!meter) return undefined;
  if (made?.meter !== meter) made = { meter, instruments: create(meter) };
  return made.instruments;
}

function create(meter: Meter): Instruments {
  const counter = (name: string, description: string) => meter.createCounter(name, { description, unit: "{message}" });
  const histogram = (name: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries } });
  return {
    sent: counter(
      "messaging.client.sent.messages",
      "Jobs enqueued, once committed; with error.type, those that failed to be. Aggregate: sum",
    ),
    consumed: counter("messaging.client.consumed.messages", "Attempts that have ended, by mayfly.outcome, once settled. Aggregate: sum"),
    operation: histogram("messaging.client.operation.duration", "How long an enqueue took. Aggregate: merge the buckets", CALLS),
    process: histogram("messaging.process.duration", "How long an attempt ran. Aggregate: merge the buckets", JOBS),
    wait: histogram("mayfly.queue.wait.duration", "From when a job was due until an attempt started. Aggregate: merge the buckets", JOBS),
  };
}
