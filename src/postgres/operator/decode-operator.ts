/**
 * From rows of text to what operators are told.
 * @module
 */
import type { JsonValue } from "../../base/json-value.ts";
import type { AttemptTotals, QueueStats, ScheduleStatus } from "../../operate/operator-client.ts";
import type { DayUsage } from "../../operate/usage.ts";
import { text } from "../decode.ts";
import type { Row } from "../driver/driver.ts";

const NONE = {
  ready: 0,
  scheduled: 0,
  running: 0,
  throttled: 0,
  parked: 0,
  hooks: 0,
  successful: 0,
  errored: 0,
  cancelled: 0,
  lost: 0,
  deferred: 0,
};

/** A number that is always there. */
export function count(row: Row, column: string): number {
  return Number(text(row, column));
}

/** Live and finished jobs, put together by queue and ordered by its name. */
export function decodeQueues(live: readonly Row[], finished: readonly Row[]): QueueStats[] {
  const queues = new Map<string, QueueStats>();
  for (const row of live) {
    const queue = text(row, "queue");
    const counts = Object.fromEntries(
      ["ready", "scheduled", "running", "throttled", "parked", "hooks"].map((state) => [state, count(row, state)]),
    );
    queues.set(queue, { queue, ...(row.paused_at ? { pausedAt: row.paused_at } : {}), ...NONE, ...counts });
  }
  for (const row of finished) {
    const queue = text(row, "queue");
    queues.set(queue, { ...(queues.get(queue) ?? { queue, ...NONE }), [text(row, "outcome")]: count(row, "attempts") });
  }
  return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
}

export function decodeUsage(row: Row): DayUsage {
  return {
    roundTrips: count(row, "round_trips"),
    jobs: count(row, "jobs"),
    bytes: count(row, "bytes"),
    ms: count(row, "ms"),
    awakeMs: count(row, "awake_ms"),
  };
}

export function decodeTotals(row: Row): AttemptTotals {
  const outcome = text(row, "outcome") as AttemptTotals["outcome"];
  return { queue: text(row, "queue"), outcome, attempts: count(row, "attempts"), retries: count(row, "retries") };
}

export function decodeSchedule(row: Row): ScheduleStatus {
  return {
    application: text(row, "application"),
    name: text(row, "name"),
    ...(row.next_at ? { nextAt: row.next_at } : {}),
    ...(row.last_at ? { lastAt: row.last_at } : {}),
    ...(row.last_job_id ? { lastJobId: row.last_job_id } : {}),
    ...(row.paused_at ? { pausedAt: row.paused_at } : {}),
    definition: JSON.parse(text(row, "definition")) as JsonValue,
  };
}
