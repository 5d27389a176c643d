/**
 * Job definitions: the contract between the programs that enqueue a job and the programs that run it. A definition holds no code that runs the job.
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { isBetween, isText, MAX_TEXT } from "../base/bounds.ts";
import { type Duration, parseDuration } from "../base/durations.ts";
import type { JsonValue } from "../base/json-value.ts";
import { checkNames } from "../base/option-names.ts";
import { Problems, show } from "../base/problems.ts";
import type { RetryDelay } from "./backoff.ts";
import type { Handler, Hooks, RunHandler } from "./handler.ts";
import { checkSettings } from "./settings.ts";

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
  /** Instead of one per key. */
  readonly limit?: Limit;
  /** A rule of your own, instead of one per key: whether to enqueue, given the counts. Decided again if they grow meanwhile. */
  readonly shouldEnqueue?: (live: LiveJobs) => boolean | Promise<boolean>;
  /** Of each of its delays, and of the ticks of its schedules: see `within` of an enqueue. Default: each has its own time. */
  readonly within?: Duration;
  /** Waiting for longer than this after it is due, it ends as cancelled. Default: it waits for ever. */
  readonly expiresIn?: Duration;
  /** An attempt may be repeated without harm, so a lost or interrupted attempt does not count, up to five in a row. Default false. */
  readonly idempotent?: boolean;
  /** Former names: jobs that were enqueued under them still run. */
  readonly aliases?: readonly string[];
}

/** Limits for the jobs of one name and key (of one name, where there is no key). One of the two, or both. */
export interface Limit {
  /** At most this many live ones; more are refused. */
  readonly live?: number;
  /** At most this many run at a time; the others wait. */
  readonly running?: number;
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
  readonly limit: Limit;
  readonly shouldEnqueue: ((live: LiveJobs) => boolean | Promise<boolean>) | undefined;
  readonly withinMs: number | undefined;
  readonly expiresInMs: number | undefined;
  readonly idempotent: boolean;
  readonly aliases: readonly string[];
  /**
   * Binds the code that runs the job. `Env` is the environment that the code needs.
   * @example
   * ```ts
   * export const handlers = [
   *   welcome.handle<Env>(async ({ payload, env, signal }) => {
   *     await fetch(`${env.MAIL_URL}/welcome/${payload.userId}`, { method: "POST", signal });
   *   }),
   * ];
   * ```
   */
  handle<Env = unknown>(run: RunHandler<Output, Env>, hooks?: Hooks<Output, Env>): Handler<Env>;
}

const OPTIONS = [
  "payload",
  "queue",
  "priority",
  "retries",
  "retryDelay",
  "timeout",
  "concurrencyKey",
  "limit",
  "shouldEnqueue",
  "within",
  "expiresIn",
  "idempotent",
  "aliases",
] satisfies (keyof JobOptions<unknown, unknown>)[];

/** What a job without a schema takes: what JSON can hold, but for null; an interface of yours is an object, too. Left out, it is an empty object. */
export type AnyPayload = object | string | number | boolean | undefined;

/** What its handler is given. */
type Kept<Input> = AnyPayload extends Input ? Exclude<JsonValue, null> : Input;

/** What a definition's payload is where it is enqueued. */
export type InferInput<Definition> = Definition extends JobDefinition<string, infer Input, unknown> ? Input : never;

/**
 * Defines a job.
 * @param name unique in the application. It is stored with every job: when you rename a job, list the former name in `aliases`.
 * @throws `invalid_config` with everything that is wrong
 * @example
 * ```ts
 * export const welcome = defineJob("welcome-user", {
 *   payload: z.object({ userId: z.uuid() }),
 *   retries: 3,
 *   retryDelay: exponential({ base: "1s" }),
 *   concurrencyKey: ({ userId }) => userId, // one live job a user
 * });
 * ```
 */
export function defineJob<const Name extends string, Input = AnyPayload, Output = Kept<Input>>(
  name: Name,
  options: JobOptions<Input, Output> = {},
): JobDefinition<Name, Input, Output> {
  const { queue = "default", priority = 0, retries = 0, timeout = "20s", limit = {}, within, expiresIn, aliases = [] } = options;
  const timeoutMs = parseDuration(timeout);
  const problems = new Problems();
  checkNames(options, OPTIONS, problems);
  checkNames(limit, ["live", "running"], problems, ["limit"]);
  checkSettings({ name: name ?? null, queue, priority, retries, timeout, within, expiresIn }, problems);
  if (options.payload !== undefined && !isStandardSchema(options.payload))
    problems.add(["payload"], "is no Standard Schema, which zod from 3.24, valibot from 1.0 and arktype from 2.0 make");
  for (const [kind, most] of Object.entries(limit)) {
    if (most !== undefined && !isBetween(most, 1, 2_147_483_647))
      problems.add(["limit", kind], `is ${show(most)}; it is a whole number from 1`);
  }
  if (limit.live !== undefined && options.shouldEnqueue) problems.add(["shouldEnqueue"], "goes without limit.live: one rule decides");
  for (const alias of aliases) {
    if (!isText(alias) || alias === name)
      problems.add(["aliases"], `has ${show(alias)}; each is another name of 1 to ${MAX_TEXT} characters`);
  }
  if (problems.count > 0 || timeoutMs === undefined) throw problems.error("invalid_config", `The job ${show(name)} cannot be defined`);
  const definition: JobDefinition<Name, Input, Output> = {
    name,
    schema: options.payload,
    queue,
    priority,
    retries,
    retryDelay: options.retryDelay ?? 0,
    timeoutMs,
    concurrencyKey: options.concurrencyKey,
    limit,
    shouldEnqueue: options.shouldEnqueue,
    withinMs: parseDuration(within),
    expiresInMs: parseDuration(expiresIn),
    idempotent: options.idempotent ?? false,
    aliases,
    handle: (run, hooks = {}) => Object.freeze({ ...hooks, definition, run }) as Handler<never>,
  };
  return Object.freeze(definition);
}

/** Functions may be one, as arktype's are. */
function isStandardSchema(value: unknown): boolean {
  const schema = value as Partial<StandardSchemaV1> | null;
  return typeof schema?.["~standard"]?.validate === "function";
}
