/**
 * What a user configures, and what comes of it.
 * @module
 */
import { type Duration, parseDuration } from "./durations.ts";
import { MayflyError, type Problem } from "./errors.ts";
import { isBetween, isText, type JobDefinition } from "./job-definition.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import type { Logger } from "./logger.ts";
import type { ScheduleEntry } from "./schedule.ts";

/** `Driver` is what stands for an open database, besides a connection string. */
export interface MayflyOptions<Env, Driver> {
  readonly jobs: readonly JobDefinition[];
  /** In this environment: the connection string of a database at Neon, or behind `MAYFLY_NEON_ENDPOINT`; for any other, a driver, such as `pg(pool)`. */
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
   * Names of properties, at any depth and in any case, whose values the dashboard shows as "•••" in payloads and outputs. The API shows
   * them all the same. Default: none.
   */
  readonly redact?: readonly string[];
  /** Default: JSON lines on the console. */
  readonly logger?: Logger;
}

export interface MayflyConfig<Env, Driver> {
  readonly jobs: readonly JobDefinition[];
  readonly database: (env: Env) => string | Driver;
  readonly heartbeat: { readonly intervalMs: number; readonly timeoutMs: number };
  readonly schedules: readonly ScheduleEntry[];
  readonly application: string;
  readonly retentionDays: number;
  readonly limits: Limits;
  readonly redact: readonly string[];
  readonly logger: Logger | undefined;
}

/**
 * Fills in defaults and checks everything.
 * @throws `invalid_config` with all problems at once
 */
export function resolveConfig<Env, Driver>(options: MayflyOptions<Env, Driver>): MayflyConfig<Env, Driver> {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  options.jobs.forEach(({ name, aliases }, index) => {
    for (const taken of [name, ...aliases].filter((one) => seen.has(one)))
      problems.push({ path: ["jobs", index], message: `there is another job named ${JSON.stringify(taken)}` });
    for (const one of [name, ...aliases]) seen.add(one);
  });
  const { schedules = [], application = "default" } = options;
  const scheduled = new Set<string>();
  schedules.forEach(({ name, definition, command }, index) => {
    const path = ["schedules", index];
    if (scheduled.has(name)) problems.push({ path, message: `there is another schedule named ${JSON.stringify(name)}` });
    scheduled.add(name);
    if (command === undefined && !options.jobs.includes(definition))
      problems.push({ path, message: `the job ${definition.name} of ${JSON.stringify(name)} is not among the jobs` });
  });
  if (!(options.redact ?? []).every((name) => isText(name)))
    problems.push({ path: ["redact"], message: `is ${JSON.stringify(options.redact)}; it lists names of properties` });
  if (!isText(application))
    problems.push({ path: ["application"], message: `is ${JSON.stringify(application)}; it takes 1 to 255 characters` });
  const { logger } = options;
  if (logger && !(["debug", "info", "warn", "error", "child"] as const).every((method) => typeof logger[method] === "function"))
    problems.push({ path: ["logger"], message: "has the methods debug, info, warn, error and child" });
  if (typeof options.database !== "function")
    problems.push({ path: ["database"], message: "is a function of the environment: (env) => env.DATABASE_URL" });

  const duration = (value: Duration, path: string): number => {
    const ms = parseDuration(value);
    if (ms === undefined || ms === 0)
      problems.push({ path: ["heartbeat", path], message: `is ${JSON.stringify(value)}; it is a duration such as "20s"` });
    return ms ?? 0;
  };
  const intervalMs = duration(options.heartbeat?.interval ?? "20s", "interval");
  const timeoutMs = duration(options.heartbeat?.timeout ?? "90s", "timeout");
  if (timeoutMs < 2 * intervalMs)
    problems.push({
      path: ["heartbeat", "timeout"],
      message: "is less than twice the interval: one late heartbeat would count as a death",
    });

  const retentionDays = (parseDuration(options.retention ?? "7d") ?? 0) / 86_400_000;
  if (!isBetween(retentionDays, 1, 30))
    problems.push({ path: ["retention"], message: `is ${JSON.stringify(options.retention)}; it is whole days, from "1d" to "30d"` });

  const limits = resolveLimits(options.limits, problems);
  if (problems.length > 0) {
    const list = problems.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new MayflyError("invalid_config", `createMayfly cannot work with these options. ${list}`, { problems });
  }
  return Object.freeze({
    jobs: options.jobs,
    database: options.database,
    heartbeat: { intervalMs, timeoutMs },
    schedules,
    application,
    retentionDays,
    limits,
    redact: options.redact ?? [],
    logger: options.logger,
  });
}
