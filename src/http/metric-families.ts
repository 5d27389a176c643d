/**
 * What `GET /metrics` tells, from one call to the database: short-lived invocations hold no gauges and no counters.
 * @module
 */
import type { JobDefinition } from "../job/job-definition.ts";
import { withIdle } from "../operate/idle-queues.ts";
import type { QueueStatus } from "../operate/listing.ts";
import type { MetricsSnapshot } from "../operate/operator-client.ts";
import type { MetricFamily } from "./prometheus.ts";

/** Of one queue; its name is the one of OpenTelemetry's conventions. */
const QUEUE = "messaging_destination_name";

/** Every metric, zeros for the queues of these jobs included. All programs tell the same, so these are not to be summed. */
export function metricFamilies(snapshot: MetricsSnapshot, definitions: Iterable<JobDefinition>): MetricFamily[] {
  const { workers, attempts, usage, lastSeenMs } = snapshot;
  const queues = withIdle(snapshot.queues, definitions);
  const gauge = (name: string, help: string, samples: MetricFamily["samples"]): MetricFamily => ({ name, type: "gauge", help, samples });
  const byQueue = (value: (queue: QueueStatus) => number) => queues.map((queue) => [{ [QUEUE]: queue.queue }, value(queue)] as const);
  const alone = (value: number): MetricFamily["samples"] => [[{}, value]];
  return [
    gauge(
      "mayfly_queue_depth",
      "Jobs that could be claimed, up to 100,000.",
      byQueue(({ ready }) => ready),
    ),
    gauge(
      "mayfly_queue_oldest_age_seconds",
      "How long the oldest of them has been ready.",
      byQueue(({ oldestMs = 0 }) => oldestMs / 1_000),
    ),
    gauge(
      "mayfly_queue_scheduled",
      "Jobs for later, of the 100,000 that are due next.",
      byQueue(({ scheduled }) => scheduled),
    ),
    gauge(
      "mayfly_running",
      "Jobs that run, up to 100,000.",
      byQueue(({ running }) => running),
    ),
    gauge(
      "mayfly_queue_paused",
      "1 where the queue is paused.",
      byQueue(({ pausedAt }) => Number(pausedAt !== undefined)),
    ),
    gauge(
      "mayfly_workers",
      "Workers that have not signed off; stale: silent for longer than the heartbeat's time-out.",
      (["alive", "stale"] as const).map((state) => [{ mayfly_worker_state: state }, workers[state]]),
    ),
    ...(lastSeenMs === undefined
      ? []
      : [gauge("mayfly_last_seen_seconds", "Since a tick or a worker was last seen.", alone(lastSeenMs / 1_000))]),
    {
      name: "mayfly_attempts_total",
      type: "counter",
      help: "Attempts that ended, ever.",
      samples: attempts.map((one) => [{ [QUEUE]: one.queue, mayfly_outcome: one.outcome }, one.attempts]),
    },
    {
      name: "mayfly_retries_total",
      type: "counter",
      help: "Of these, those after a job's first.",
      samples: attempts.map((one) => [{ [QUEUE]: one.queue, mayfly_outcome: one.outcome }, one.retries]),
    },
    gauge("mayfly_usage_day_round_trips", "Calls of the queue's own to the database in the last 24 hours.", alone(usage.roundTrips)),
    gauge("mayfly_usage_day_jobs", "Jobs that they claimed.", alone(usage.jobs)),
    gauge("mayfly_usage_day_bytes", "Bytes that they carried, both ways.", alone(usage.bytes)),
    gauge("mayfly_usage_day_database_seconds", "How long workers waited for their answers.", alone(usage.ms / 1_000)),
    gauge(
      "mayfly_usage_day_awake_seconds",
      "How long they kept a database awake that sleeps after five minutes.",
      alone(usage.awakeMs / 1_000),
    ),
  ];
}
