/**
 * Schedules: jobs that enqueue themselves.
 * @module
 */
import { isText, MAX_TEXT } from "../base/bounds.ts";
import { callSite } from "../base/call-site.ts";
import { type Duration, parseDuration } from "../base/durations.ts";
import { Problems, show } from "../base/problems.ts";
import { measurePayload, resolveEnqueue } from "../enqueue/enqueue-options.ts";
import { validatePayload } from "../enqueue/validate-payload.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions } from "../job/jobs-client.ts";
import { checkSettings } from "../job/settings.ts";
import { type Command, commandJob } from "./command.ts";
import { parseCron } from "./cron.ts";
import { within } from "./within.ts";

/** Any object that yields the next instant. */
export interface Schedule {
  /** The first instant after this one; null: there is none. The same question has the same answer. */
  next(after: Date): Date | null;
}

/**
 * What becomes of ticks that passed while nobody looked.
 * - `once`: one job for all of them
 * - `all`: a job for each, at most the latest hundred
 * - `skip`: none, once the latest is two minutes old
 */
export type MissedPolicy = "skip" | "once" | "all";

/** Whether a tick enqueues its job while one of an earlier tick is still live. */
export type OverlapPolicy = "allow" | "skip";

/** What a scheduled job may say differently from its definition. */
export type ScheduledJobOptions = Pick<EnqueueOptions, "queue" | "priority" | "retries" | "timeout" | "concurrencyKey">;

export interface ScheduleOptions<Input> {
  /** IANA time zone of a cron expression. Default "UTC". */
  readonly timezone?: string;
  /** Default "once". */
  readonly missed?: MissedPolicy;
  /** Default "allow". */
  readonly overlap?: OverlapPolicy;
  /**
   * Each tick comes up to so much later, from a second to a day, at the next point of a grid of this width that all share, so that a database which sleeps is woken
   * once for many. Ticks that meet there are one. Null: none does, also where the job's definition says otherwise.
   */
  readonly within?: Duration | null;
  /** The payload, or a rule that makes it from the tick. Default: an empty object. */
  readonly payload?: Input | ((tick: Date) => Input);
  /** How its jobs differ from the definition. */
  readonly options?: ScheduledJobOptions;
}

/** A schedule, resolved: every default filled in. */
export interface ScheduleEntry {
  readonly name: string;
  /** For people: the cron expression, or "custom". */
  readonly when: string;
  /** Undefined for a custom schedule. */
  readonly timezone: string | undefined;
  /** When it is due, however that was written: the expression as it was understood, or "custom", with its time zone and its grid. */
  readonly timing: string;
  readonly schedule: Schedule;
  /** The width of the grid on which its ticks are. */
  readonly withinMs: number | undefined;
  readonly definition: JobDefinition;
  /** As given: a function makes it from the tick. */
  readonly payload: unknown;
  readonly missed: MissedPolicy;
  readonly overlap: OverlapPolicy;
  readonly options: ScheduledJobOptions;
  /** What the job runs, where it is a command. */
  readonly command: Command | undefined;
  /** Where in the program it was defined: file and line. */
  readonly source: string | undefined;
}

/**
 * Defines a schedule.
 * @param name unique in the application; its fire count and next tick are stored under it
 * @param when a cron expression (see `parseCron`), or any object that yields the next instant
 * @throws `invalid_config` with everything that is wrong
 * @example
 * ```ts
 * schedule("daily-report", "0 9 * * *", report, {
 *   timezone: "Europe/Berlin",
 *   payload: (tick) => ({ day: tick.toISOString().slice(0, 10) }),
 *   missed: "once",
 * });
 * ```
 */
export function schedule<Input>(
  name: string,
  when: string | Schedule,
  job: JobDefinition<string, Input>,
  options?: NoInfer<ScheduleOptions<Input>>,
): ScheduleEntry;
export function schedule(
  name: string,
  when: string | Schedule,
  job: Command,
  options?: Omit<ScheduleOptions<never>, "payload">,
): ScheduleEntry;
export function schedule(
  name: string,
  when: string | Schedule,
  job: JobDefinition | Command,
  given: ScheduleOptions<unknown> = {},
): ScheduleEntry {
  const problems = new Problems();
  const expect = (right: boolean, path: string, message: string) => {
    if (!right) problems.add([path], message);
  };
  const { missed = "once", overlap = "allow" } = given;
  const command = isCommand(job) ? job : undefined;
  const definition: JobDefinition = isCommand(job) ? commandJob : job;
  const payload = command ? { schedule: name } : given.payload;
  const options = Object.freeze({ ...command?.options, ...given.options });

  expect(isText(name), "name", `is ${JSON.stringify(name)}; it takes 1 to ${MAX_TEXT} characters`);
  const timezone = given.timezone ?? "UTC";
  const found = typeof when === "string" ? parseCron(when, timezone) : ownSchedule(when, given.timezone);
  if (!found.ok) problems.addAll(found.problems);
  expect(["skip", "once", "all"].includes(missed), "missed", `is ${JSON.stringify(missed)}; it is "skip", "once" or "all"`);
  expect(["allow", "skip"].includes(overlap), "overlap", `is ${JSON.stringify(overlap)}; it is "allow" or "skip"`);
  expect(!command || given.payload === undefined, "payload", "goes without a command, which takes none");
  checkSettings({ within: given.within ?? undefined }, problems);
  const withinMs = given.within === undefined ? definition.withinMs : parseDuration(given.within);
  problems.addAll(jobProblems(definition, payload, options));
  if (problems.count > 0 || !found.ok) throw problems.error("invalid_config", `The schedule ${show(name)} cannot be defined`);
  return Object.freeze({
    name,
    when: typeof when === "string" ? when : "custom",
    timezone: typeof when === "string" ? timezone : undefined,
    timing: `${found.pattern === undefined ? "custom" : `${found.pattern} ${timezone}`}${withinMs === undefined ? "" : ` within ${withinMs} ms`}`,
    schedule: withinMs === undefined ? found.schedule : within(found.schedule, withinMs),
    withinMs,
    definition,
    payload,
    missed,
    overlap,
    options,
    command,
    source: callSite(schedule),
  });
}

function isCommand(job: JobDefinition | Command): job is Command {
  return "kind" in job && job.kind === "command";
}

function ownSchedule(when: Schedule, timezone: string | undefined): ReturnType<typeof parseCron> {
  const problems = new Problems();
  if (typeof (when as Partial<Schedule> | null | undefined)?.next !== "function")
    problems.add(["when"], "is not a cron expression and has no next(after)");
  if (timezone !== undefined) problems.add(["timezone"], "goes only with a cron expression: a schedule of your own knows its time zone");
  return problems.count > 0 ? { ok: false, problems } : { ok: true, schedule: when, pattern: undefined };
}

/** Problems of the schedule's jobs, as far as they can be found before there is a tick. */
function jobProblems(definition: JobDefinition, payload: unknown, options: ScheduledJobOptions): Problems {
  const fixed = typeof payload !== "function";
  const given = fixed ? payload : undefined;
  const problems = new Problems();
  const measured = measurePayload(given, Number.POSITIVE_INFINITY);
  if (!measured.ok) problems.addAll(measured.problems, ["payload"]);
  const checked = fixed && measured.ok ? validatePayload(definition.schema, given === undefined ? {} : given) : undefined;
  // An async schema is checked when the job is enqueued.
  if (checked && !(checked instanceof Promise) && !checked.ok) problems.addAll(checked.problems, ["payload"]);
  const payloadJson = options.concurrencyKey !== undefined || (fixed && problems.count === 0) ? "{}" : null;
  resolveEnqueue(definition, given, options, { newId: () => "", clock: { now: () => 0 }, payloadJson }, problems);
  return problems;
}
