/**
 * Job definitions: the contract between those who enqueue a job and those who run it. No code that runs it.
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { RetryDelay } from "./backoff.ts";
import { type Duration, parseDuration } from "./durations.ts";
import { MayflyError, type Problem } from "./errors.ts";
import type { Handler, RunHandler } from "./handler.ts";
import type { JsonValue } from "./json-value.ts";

/** How many live jobs of the same name and key there are, for a `shouldEnqueue`. */
export interface LiveJobs {
  /** Waiting: scheduled or ready. */
  readonly pending: number;
  readonly running: number;
  /** The key they share; null: the counts are of the whole name. */
  readonly key: string | null;
}

export interface JobOptions<Input, Output> {
  /** Any Standard Schema (zod, valibot, arktype, ...). Checked at the enqueue and again at the run. */
  readonly payload?: StandardSchemaV1<Input, Output>;
  /** Default "default". */
  readonly queue?: string;
  /** From -32768 to 32767, higher first. Default 0. */
  readonly priority?: number;
  /** Attempts after the first one. Default 0. */
  readonly retries?: number;
  /** Wait before each of them. Default 0. */
  readonly retryDelay?: RetryDelay;
  /** How long an attempt may take. Default "20s", which fits in every kind of invocation. */
  readonly timeout?: Duration;
  /** Jobs of one name with the same key: one live job at a time, or as many as `limit` says. Default: no key. */
  readonly concurrencyKey?: (payload: Input) => string;
  /** At most this many live jobs of the name and key, instead of one per key. */
  readonly limit?: { readonly live: number };
  /** A rule of your own, instead of one per key: whether to enqueue, given the counts. Decided again if they grow meanwhile. */
  readonly shouldEnqueue?: (live: LiveJobs) => boolean | Promise<boolean>;
}

/** A job definition, resolved: every default filled in, durations in milliseconds. */
export interface JobDefinition<Name extends string = string, Input = never, Output = unknown> {
  readonly name: Name;
  readonly schema: StandardSchemaV1<unknown, Output> | undefined;
  readonly queue: string;
  readonly priority: number;
  readonly retries: number;
  readonly retryDelay: RetryDelay;
  readonly timeoutMs: number;
  readonly concurrencyKey: ((payload: Input) => string) | undefined;
  readonly limit: number | undefined;
  readonly shouldEnqueue: ((live: LiveJobs) => boolean | Promise<boolean>) | undefined;
  /** Binds the code that runs the job. `Env` is the environment it needs. */
  handle<Env = unknown>(run: RunHandler<Output, Env>): Handler<Env>;
}

/** What a definition's payload is where it is enqueued. */
export type InferInput<Definition> = Definition extends JobDefinition<string, infer Input, unknown> ? Input : never;

/** Most characters in a name, a queue or a key. */
export const MAX_TEXT = 255;
/** Bounds of a Postgres smallint. */
export const SMALLINT = { least: -32_768, most: 32_767 };

/**
 * Defines a job.
 * @param name unique in the application; it is stored with every job, so renaming needs care
 * @throws `invalid_config` with everything that is wrong
 */
export function defineJob<const Name extends string, Input = JsonValue, Output = Input>(
  name: Name,
  options: JobOptions<Input, Output> = {},
): JobDefinition<Name, Input, Output> {
  const { queue = "default", priority = 0, retries = 0, timeout = "20s", limit } = options;
  const timeoutMs = parseDuration(timeout);
  const problems: Problem[] = [];
  const expect = (right: boolean, path: string, message: string) => {
    if (!right) problems.push({ path: [path], message });
  };
  expect(isText(name), "name", `is ${JSON.stringify(name)}; it takes 1 to ${MAX_TEXT} characters`);
  expect(isText(queue), "queue", `is ${JSON.stringify(queue)}; it takes 1 to ${MAX_TEXT} characters`);
  expect(
    isBetween(priority, SMALLINT.least, SMALLINT.most),
    "priority",
    `is ${priority}; it is a whole number from ${SMALLINT.least} to ${SMALLINT.most}`,
  );
  expect(isBetween(retries, 0, SMALLINT.most - 1), "retries", `is ${retries}; it is a whole number from 0 to ${SMALLINT.most - 1}`);
  expect(
    timeoutMs !== undefined && isBetween(timeoutMs, 1, MAX_TIMEOUT_MS),
    "timeout",
    `is ${JSON.stringify(timeout)}; it is a duration such as "30s", up to 24 days`,
  );
  expect(
    limit === undefined || isBetween(limit.live, 1, 2_147_483_647),
    "limit",
    `is ${JSON.stringify(limit)}; live is a whole number from 1`,
  );
  expect(limit === undefined || options.shouldEnqueue === undefined, "shouldEnqueue", "goes without limit: one rule decides");
  if (problems.length > 0 || timeoutMs === undefined) {
    const list = problems.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
    throw new MayflyError("invalid_config", `The job ${JSON.stringify(name)} cannot be defined: ${list}.`, { problems });
  }
  const definition: JobDefinition<Name, Input, Output> = {
    name,
    schema: options.payload,
    queue,
    priority,
    retries,
    retryDelay: options.retryDelay ?? 0,
    timeoutMs,
    concurrencyKey: options.concurrencyKey,
    limit: limit?.live,
    shouldEnqueue: options.shouldEnqueue,
    handle: (run) => Object.freeze({ definition, run }) as Handler<never>,
  };
  return Object.freeze(definition);
}

/** Timers hold a signed 32-bit number of milliseconds. */
export const MAX_TIMEOUT_MS = 2_147_483_647;

/** Whether it is text that a name, queue or key may be. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT;
}

/** Whether it is a whole number within the bounds. */
export function isBetween(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
