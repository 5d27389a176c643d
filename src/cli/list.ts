/**
 * `mayfly list`: the jobs of the configuration; `--schedules`: the schedules as the database has them.
 * @module
 */
import type { Command } from "commander";
import { formatDuration } from "../core/durations.ts";
import type { JobDefinition } from "../core/job-definition.ts";
import type { ScheduleStatus } from "../core/operator-client.ts";
import { type Config, loadConfig } from "./load-config.ts";
import { print, table } from "./print.ts";
import { addQueueCommand, type QueueFlags, withQueue } from "./with-queue.ts";

interface ListFlags extends QueueFlags {
  readonly schedules?: boolean;
}

/** Adds the command. */
export function addList(program: Command): void {
  addQueueCommand(program, "list", "show the jobs of the configuration")
    .option("--schedules", "show the schedules in the database instead")
    .action(async (flags: ListFlags) => {
      if (flags.schedules) await withQueue(flags, async ({ operator }) => printSchedules(flags, await operator.schedules()));
      else printJobs(flags, await loadConfig(flags.config));
    });
}

function printJobs({ json }: ListFlags, { file, mayfly, handlers }: Config): void {
  const handled = new Set(handlers.map(({ definition }) => definition.name));
  const jobs = mayfly.config.jobs.map((job) => describe(job, handled.has(job.name)));
  const rows = jobs.map(({ name, queue, priority, retries, timeoutMs, rule, aliases, handler }) => {
    return [name, queue, priority, retries, formatDuration(timeoutMs), rule, handler ? "yes" : "no", aliases.join(", ")];
  });
  const headings = ["name", "queue", "priority", "retries", "timeout", "limit", "handler", "aliases"];
  print(json, { jobs }, rows.length > 0 ? table(headings, rows) : `${file} has no jobs.`);
}

function describe(
  { name, queue, priority, retries, timeoutMs, expiresInMs, idempotent, aliases, ...job }: JobDefinition,
  handler: boolean,
) {
  return {
    name,
    queue,
    priority,
    retries,
    timeoutMs,
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
    idempotent,
    aliases,
    limit: job.limit,
    /** In words. */
    rule: ruleOf(job),
    handler,
  };
}

function ruleOf({ concurrencyKey, limit, shouldEnqueue }: Pick<JobDefinition, "concurrencyKey" | "limit" | "shouldEnqueue">): string {
  const bounds = Object.entries(limit).map(([kind, most]) => `${most} ${kind}`);
  if (shouldEnqueue) bounds.push("shouldEnqueue");
  if (concurrencyKey && bounds.length === 0) bounds.push("1 live");
  return bounds.length > 0 && concurrencyKey ? `${bounds.join(", ")} per key` : bounds.join(", ");
}

function printSchedules({ json }: ListFlags, schedules: readonly ScheduleStatus[]): void {
  const rows = schedules.map(({ application, name, nextAt = "never", lastAt = "never", pausedAt = "", definition }) => {
    return [name, application, nextAt, lastAt, pausedAt, JSON.stringify(definition)];
  });
  const headings = ["name", "application", "next", "last", "paused", "definition"];
  print(json, { schedules }, rows.length > 0 ? table(headings, rows) : "There are no schedules in the database.");
}
