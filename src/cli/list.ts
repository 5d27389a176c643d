/**
 * `mayfly list`: the jobs and schedules of the configuration; `--schedules`: the schedules as the database has them.
 * @module
 */
import type { Command } from "commander";
import { formatDuration } from "../base/durations.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { ScheduleStatus } from "../operate/operator-client.ts";
import type { ScheduleEntry } from "../schedule/schedule.ts";
import { type Config, loadConfig } from "./load-config.ts";
import { print, table } from "./print.ts";
import { addQueueCommand, type QueueFlags, withDatabase } from "./with-queue.ts";

interface ListFlags extends QueueFlags {
  readonly schedules?: boolean;
}

/** Adds the command. */
export function addList(program: Command): void {
  addQueueCommand(program, "list", "show the jobs and schedules of the configuration")
    .option("--schedules", "show the schedules in the database instead: when each fires next, and which are paused")
    .action(async (flags: ListFlags) => {
      if (flags.schedules) await withDatabase(flags, async ({ operator }) => printSchedules(flags, await operator.schedules()));
      else printConfig(flags, await loadConfig(flags.config));
    });
}

function printConfig({ json }: ListFlags, { file, mayfly, handlers }: Config): void {
  const handled = new Set(handlers.map(({ definition }) => definition.name));
  const jobs = mayfly.config.jobs.map((job) => describe(job, handled.has(job.name)));
  const schedules = mayfly.config.schedules.map(describeSchedule);
  const parts = [
    jobs.length > 0 ? table(JOB_HEADINGS, jobs.map(jobRow)) : `${file} has no jobs.`,
    ...(schedules.length > 0 ? [table(SCHEDULE_HEADINGS, schedules.map(scheduleRow))] : []),
  ];
  print(json, { jobs, schedules }, parts.join("\n\n"));
}

const JOB_HEADINGS = ["job", "queue", "priority", "retries", "timeout", "limit", "handler", "aliases"];
const SCHEDULE_HEADINGS = ["schedule", "when", "timezone", "job", "missed", "overlap", "within"];

function jobRow({ name, queue, priority, retries, timeoutMs, rule, aliases, handler }: ReturnType<typeof describe>) {
  return [name, queue, priority, retries, formatDuration(timeoutMs), rule, handler ? "yes" : "no", aliases.join(", ")];
}

function scheduleRow({ name, when, timezone = "", job, command, missed, overlap, within = "" }: ReturnType<typeof describeSchedule>) {
  return [name, when, timezone, command ?? job, missed, overlap, within];
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

function describeSchedule({ name, when, timezone, withinMs, definition, command, missed, overlap }: ScheduleEntry) {
  return {
    name,
    when,
    ...(timezone === undefined ? {} : { timezone }),
    job: definition.name,
    ...(command === undefined ? {} : { command: command.text }),
    missed,
    overlap,
    ...(withinMs === undefined ? {} : { within: formatDuration(withinMs) }),
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
