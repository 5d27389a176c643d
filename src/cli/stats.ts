/**
 * `mayfly stats`: what there is, by queue.
 * @module
 */
import type { Command } from "commander";
import { formatDuration } from "../base/durations.ts";
import type { Stats } from "../operate/operator-client.ts";
import { print, table } from "./print.ts";
import { addQueueCommand, type QueueFlags, withDatabase } from "./with-queue.ts";

const LIVE = ["ready", "scheduled", "running", "throttled", "parked", "hooks"] as const;
const FINISHED = ["successful", "errored", "cancelled", "lost", "deferred"] as const;

/** Adds the command. */
export function addStats(program: Command): void {
  addQueueCommand(program, "stats", "count live jobs and finished attempts, by queue").action(async (flags: QueueFlags) => {
    await withDatabase(flags, async ({ operator }) => {
      const stats = await operator.stats();
      print(flags.json, stats, describe(stats));
    });
  });
}

function describe({ queues, workers, usage }: Stats): string {
  const columns = [...LIVE, ...FINISHED];
  const rows = queues.map((queue) => [`${queue.queue}${queue.pausedAt ? " (paused)" : ""}`, ...columns.map((column) => queue[column])]);
  const total = ["all", ...columns.map((column) => queues.reduce((sum, queue) => sum + queue[column], 0))];
  const day = `last day: ${usage.roundTrips} round trips, ${usage.jobs} jobs, ${usage.bytes} bytes; the database kept awake for ${formatDuration(usage.awakeMs)}`;
  return `${table(["queue", ...columns], [...rows, total])}\n\nworkers: ${workers.alive} alive, ${workers.stale} stale\n${day}`;
}
