/**
 * From rows to the items of lists and overviews.
 * @module
 */

import { type OutcomeCount, percentilesOf, RANGES, throughputOf } from "../../operate/attempt-counts.ts";
import type { Overview, OverviewRange, QueueStatus, WorkerStatus } from "../../operate/listing.ts";
import { some, text } from "../decode.ts";
import type { Row } from "../driver/driver.ts";
import { count, decodeUsage } from "./decode-operator.ts";

/** Items that the database wrote as JSON; what is null there is absent here. */
export function parseItems<Item>(json: string | null | undefined): Item[] {
  return json ? (JSON.parse(json, (_, value: unknown) => (value === null ? undefined : value)) as Item[]) : [];
}

export function decodeWorker(row: Row): WorkerStatus {
  return {
    id: text(row, "id"),
    state: text(row, "state") as WorkerStatus["state"],
    ...some("runtime", row.runtime),
    ...some("host", row.host),
    queues: JSON.parse(text(row, "queues")) as string[],
    startedAt: text(row, "started_at"),
    heartbeatAt: text(row, "heartbeat_at"),
    ...some("deadlineAt", row.deadline_at),
    ...some("leftAt", row.left_at),
    running: count(row, "running"),
  };
}

export function decodeQueue(row: Row): QueueStatus {
  return {
    queue: text(row, "queue"),
    ...some("pausedAt", row.paused_at),
    ready: count(row, "ready"),
    ...(row.oldest_ms ? { oldestMs: Number(row.oldest_ms) } : {}),
    running: count(row, "running"),
    scheduled: count(row, "scheduled"),
  };
}

/** What is read for an overview. */
export interface OverviewRows {
  readonly attempts: readonly Row[];
  readonly queues: readonly Row[];
  readonly pulse: Row;
  readonly unknown: readonly Row[];
  readonly usage: Row;
}

export function decodeOverview(
  { attempts, queues, pulse, unknown, usage }: OverviewRows,
  range: OverviewRange,
  queueLimit: number,
): Overview {
  const nowMs = count(pulse, "now_ms");
  const durations = (kind: string) =>
    attempts
      .filter((row) => row.kind === kind && row.bucket)
      .map((row) => ({ bucket: count(row, "bucket"), attempts: count(row, "attempts") }));
  const outcomes = attempts
    .filter(({ kind }) => kind === "throughput")
    .map((row) => ({ at: count(row, "at"), outcome: text(row, "outcome") as OutcomeCount["outcome"], attempts: count(row, "attempts") }));
  return {
    at: new Date(nowMs).toISOString(),
    stepMs: RANGES[range].stepMs,
    throughput: throughputOf(outcomes, range, nowMs),
    retries: attempts.filter(({ kind }) => kind === "throughput").reduce((sum, row) => sum + count(row, "retries"), 0),
    ...some("wait", percentilesOf(durations("wait"))),
    ...some("run", percentilesOf(durations("run"))),
    queues: queues.slice(0, queueLimit).map(decodeQueue),
    moreQueues: queues.length > queueLimit,
    workers: { alive: count(pulse, "alive"), stale: count(pulse, "stale") },
    usage: decodeUsage(usage),
    ...(pulse.seen_ms ? { lastSeenMs: Number(pulse.seen_ms) } : {}),
    ...(pulse.overdue_ms ? { overdueMs: Number(pulse.overdue_ms) } : {}),
    unknownNames: unknown.map((row) => text(row, "name")),
  };
}
