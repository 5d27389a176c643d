/**
 * What a user configures, and what comes of it.
 * @module
 */
import { isBetween, isText } from "../base/bounds.ts";
import { type Duration, parseDuration } from "../base/durations.ts";
import { type GivenLogger, isLogger, toLogger } from "../base/given-logger.ts";
import type { Logger } from "../base/logger.ts";
import { checkNames } from "../base/option-names.ts";
import { Problems } from "../base/problems.ts";
import { type Limits, resolveLimits } from "../enqueue/limits.ts";
import { checkBounds, type ProducerBounds } from "../enqueue/producer-bounds.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { ScheduleEntry } from "../schedule/schedule.ts";

/** `Driver` is what stands for an open database, besides a connection string. */
export interface MayflyOptions<Env, Driver> {
  readonly jobs: readonly JobDefinition[];
  /**
   * In this environment: a connection string, or a driver such as `pg(pool)`. A string is asked over HTTP at Neon and behind `MAYFLY_NEON_ENDPOINT`, and
   * elsewhere over TCP, by the package `pg` beside this one; on Workers, where no package is beside a bundle, any other database takes a driver.
   */
  readonly database: (env: Env) => string | Driver;
  readonly heartbeat?: {
    /** A worker is heard of at least this often. Default "20s". */
    readonly interval?: Duration;
    /** A worker silent for longer is dead. At least twice the interval. Default "90s". */
    readonly timeout?: Duration;
  };
  /** Jobs that enqueue themselves. */
  readonly schedules?: readonly ScheduleEntry[];
  /** Whose schedules these are: applications that share a database leave each other's alone. Default "default". */
  readonly application?: string;
  /** How long results are kept: whole days, from 1 to 30. Default "7d". */
  readonly retention?: Duration;
  readonly limits?: Partial<Limits>;
  /**
   * What the producers of the HTTP API may ask for, by the names of their tokens: `{ shop: { jobs: ["welcome-user"], queues: ["default"] } }`;
   * `*` stands for all that are not named. Default: whatever a definition takes.
   */
  readonly producers?: Readonly<Record<string, ProducerBounds>>;
  /**
   * Names of properties, at any depth and in any case, whose values the dashboard shows as "•••" in payloads and outputs, where the API shows
   * them all the same; and which, where a payload has them, are taken out of what a handler throws: of logs, spans and results. Default: none.
   */
  readonly redact?: readonly string[];
  /** Yours, as it is: pino, winston, consola, `console`, or any `Logger`. Default: JSON lines on the console. */
  readonly logger?: GivenLogger;
}

export interface MayflyConfig<Env, Driver> {
  readonly jobs: readonly JobDefinition[];
  readonly database: (env: Env) => string | Driver;
  readonly heartbeat: { readonly intervalMs: number; readonly timeoutMs: number };
  readonly schedules: readonly ScheduleEntry[];
  readonly application: string;
  readonly retentionDays: number;
  readonly limits: Limits;
  readonly producers: Readonly<Record<string, ProducerBounds>>;
  readonly redact: readonly string[];
  readonly logger: Logger | undefined;
}

const OPTIONS = [
  "jobs",
  "database",
  "heartbeat",
  "schedules",
  "application",
  "retention",
  "limits",
  "producers",
  "redact",
  "logger",
] satisfies (keyof MayflyOptions<unknown, never>)[];

/**
 * Fills in defaults and checks everything.
 * @throws `invalid_config` with all problems at once
 */
export function resolveConfig<Env, Driver>(options: MayflyOptions<Env, Driver>): MayflyConfig<Env, Driver> {
  const problems = new Problems();
  checkNames(options, OPTIONS, problems);
  checkNames(options.heartbeat ?? {}, ["interval", "timeout"], problems, ["heartbeat"]);
  const seen = new Set<string>();
  const jobs = listOf(options.jobs, isDefinition, "jobs", "[welcome, report], each made by defineJob", problems);
  jobs.forEach(({ name, aliases }, index) => {
    for (const taken of [name, ...aliases].filter((one) => seen.has(one)))
      problems.add(["jobs", index], `there is another job named ${JSON.stringify(taken)}`);
    for (const one of [name, ...aliases]) seen.add(one);
  });
  const { application = "default" } = options;
  const schedules = listOf(options.schedules ?? [], isSchedule, "schedules", "[daily], each made by schedule", problems);
  const scheduled = new Set<string>();
  schedules.forEach(({ name, definition, command }, index) => {
    const path = ["schedules", index];
    if (scheduled.has(name)) problems.add(path, `there is another schedule named ${JSON.stringify(name)}`);
    scheduled.add(name);
    if (command === undefined && !jobs.includes(definition))
      problems.add(path, `the job ${definition.name} of ${JSON.stringify(name)} is not among the jobs`);
  });
  if (!(options.redact ?? []).every((name) => isText(name)))
    problems.add(["redact"], `is ${JSON.stringify(options.redact)}; it lists names of properties`);
  if (!isText(application)) problems.add(["application"], `is ${JSON.stringify(application)}; it takes 1 to 255 characters`);
  if (options.logger !== undefined && !isLogger(options.logger))
    problems.add(["logger"], "has the methods debug, info, warn and error, as pino, winston and the console do");
  if (typeof options.database !== "function") problems.add(["database"], "is a function of the environment: (env) => env.DATABASE_URL");

  const duration = (value: Duration, path: string): number => {
    const ms = parseDuration(value);
    if (ms === undefined || ms === 0) problems.add(["heartbeat", path], `is ${JSON.stringify(value)}; it is a duration such as "20s"`);
    return ms ?? 0;
  };
  const intervalMs = duration(options.heartbeat?.interval ?? "20s", "interval");
  const timeoutMs = duration(options.heartbeat?.timeout ?? "90s", "timeout");
  if (timeoutMs < 2 * intervalMs)
    problems.add(["heartbeat", "timeout"], "is less than twice the interval: one late heartbeat would count as a death");

  const retentionDays = (parseDuration(options.retention ?? "7d") ?? 0) / 86_400_000;
  if (!isBetween(retentionDays, 1, 30))
    problems.add(["retention"], `is ${JSON.stringify(options.retention)}; it is whole days, from "1d" to "30d"`);

  for (const [name, bounds] of Object.entries(options.producers ?? {})) checkBounds(bounds, problems, ["producers", name]);
  const limits = resolveLimits(options.limits, problems);
  if (problems.count > 0) throw problems.error("invalid_config", "createMayfly cannot work with these options");
  return Object.freeze({
    jobs,
    database: options.database,
    heartbeat: { intervalMs, timeoutMs },
    schedules,
    application,
    retentionDays,
    limits,
    producers: options.producers ?? {},
    redact: options.redact ?? [],
    logger: options.logger && toLogger(options.logger),
  });
}

/** The list; an empty one where it is none, or holds something else. */
function listOf<Item>(
  given: readonly Item[],
  fits: (item: unknown) => boolean,
  option: string,
  form: string,
  problems: Problems,
): readonly Item[] {
  if (!Array.isArray(given)) problems.add([option], `is no list; it is one such as ${form}`);
  else if (!given.every(fits)) problems.add([option, given.findIndex((one) => !fits(one))], `is something else; the list is ${form}`);
  else return given;
  return [];
}

function isDefinition(value: unknown): boolean {
  const { name, aliases, handle } = (value ?? {}) as Partial<JobDefinition>;
  return typeof name === "string" && Array.isArray(aliases) && typeof handle === "function";
}

function isSchedule(value: unknown): boolean {
  const { name, definition } = (value ?? {}) as Partial<ScheduleEntry>;
  return typeof name === "string" && typeof definition?.name === "string";
}
