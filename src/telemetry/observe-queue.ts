/**
 * Gauges of the whole queue, asked of the database whenever metrics are collected.
 * @module
 */
import type { Attributes } from "@opentelemetry/api";
import type { Logger } from "../base/logger.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import { withIdle } from "../operate/idle-queues.ts";
import type { MetricsSnapshot } from "../operate/operator-client.ts";
import { currentMeter } from "./scope.ts";

export interface QueueObserver {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  snapshot(): Promise<MetricsSnapshot>;
  /** The database is to be left alone: nothing is observed. */
  resting(): boolean;
  readonly logger: Logger;
}

/** Observes the queue until the function that it answers is called; a collection is one round trip. */
export function observeQueue({ definitions, snapshot, resting, logger }: QueueObserver): () => void {
  const meter = currentMeter();
  if (!meter) return () => {};
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(name, { unit, description: `${description}. Every program tells the same. Aggregate: last` });
  const depth = gauge("mayfly.queue.depth", "{job}", "Jobs that could be claimed, up to 100,000");
  const scheduled = gauge("mayfly.queue.scheduled", "{job}", "Jobs for later, of the 100,000 that are due next");
  const oldest = gauge("mayfly.queue.oldest.age", "s", "How long the oldest job that could be claimed has been ready");
  const running = gauge("mayfly.running", "{job}", "Jobs that run, up to 100,000");
  const workers = gauge("mayfly.workers", "{worker}", "Workers that have not signed off, by mayfly.worker.state");
  const all = [depth, scheduled, oldest, running, workers];

  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
    if (resting()) return;
    const seen = await snapshot().catch((error: unknown) => {
      logger.warn("the queue's metrics cannot be had", { error });
    });
    if (!seen) return;
    for (const { queue, ...counts } of withIdle(seen.queues, definitions.values())) {
      const attributes: Attributes = { "messaging.destination.name": queue };
      result.observe(depth, counts.ready, attributes);
      result.observe(scheduled, counts.scheduled, attributes);
      result.observe(oldest, (counts.oldestMs ?? 0) / 1_000, attributes);
      result.observe(running, counts.running, attributes);
    }
    for (const state of ["alive", "stale"] as const) result.observe(workers, seen.workers[state], { "mayfly.worker.state": state });
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}
