/**
 * What a producer may ask for, by configuration: the same for a token of the HTTP API and for a service binding, and judged here alone.
 * @module
 */
import { isBetween, isText, SMALLINT } from "../base/bounds.ts";
import { type Duration, formatDuration, parseDuration } from "../base/durations.ts";
import { byteLength } from "../base/json-value.ts";
import { Problems, show, someOf } from "../base/problems.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions, EnqueueResult } from "../job/jobs-client.ts";

/** Bounds of one producer. What is absent is not bounded. What a job's definition says itself is always allowed, but for its queue. */
export interface ProducerBounds {
  /** Names of the jobs that it may enqueue, and read. */
  readonly jobs?: readonly string[];
  /** Queues that its jobs may be in. */
  readonly queues?: readonly string[];
  /** The highest priority, from -32,768 to 32,767. */
  readonly priority?: number;
  /** The most retries. */
  readonly retries?: number;
  /** The longest time-out of an attempt. */
  readonly timeout?: Duration;
  /** How far from now a job may be due, or expire. */
  readonly delay?: Duration;
  /** How a concurrency key of its own must begin. An empty list: it may give none, nor take away the definition's. */
  readonly keys?: readonly string[];
  /** Bytes of one payload as JSON. */
  readonly payloadBytes?: number;
  /** How many live jobs it may have: about, since requests at the same time do not count each other. Costs two small calls of the database. */
  readonly liveJobs?: number;
}

/** Runs an enqueue of these jobs, where their producer may ask for them. */
export type EnqueueBounded = <T extends { readonly results: readonly EnqueueResult[] }>(
  jobs: readonly AskedJob[],
  enqueue: () => Promise<T>,
) => Promise<T>;

const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((one) => isText(one));
const isLength = (value: unknown): boolean => isBetween(parseDuration(value), 0, Number.MAX_SAFE_INTEGER);
const isCount = (value: unknown): boolean => isBetween(value, 0, Number.MAX_SAFE_INTEGER);

const RULES: Readonly<Record<keyof ProducerBounds, readonly [fits: (value: unknown) => boolean, told: string]>> = {
  jobs: [isNames, "a list of names"],
  queues: [isNames, "a list of names"],
  priority: [(value) => isBetween(value, SMALLINT.least, SMALLINT.most), "a whole number"],
  retries: [isCount, "a whole number"],
  timeout: [isLength, 'a duration such as "1m"'],
  delay: [isLength, 'a duration such as "1d"'],
  keys: [isNames, "a list of beginnings of keys"],
  payloadBytes: [isCount, "a whole number"],
  liveJobs: [isCount, "a whole number"],
};

/** Adds what is wrong with bounds as somebody has written them: who misspells one meant to allow less than everything. */
export function checkBounds(bounds: unknown, problems: Problems, at: readonly string[]): bounds is ProducerBounds {
  if (typeof bounds !== "object" || bounds === null || Array.isArray(bounds)) {
    problems.add(at, `is ${show(bounds)}; it is an object of ${Object.keys(RULES).join(", ")}`);
    return false;
  }
  const before = problems.count;
  for (const [name, value] of Object.entries(bounds)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof ProducerBounds] : undefined;
    if (!rule) problems.add([...at, name], `is no bound; there are ${Object.keys(RULES).join(", ")}`);
    else if (value !== undefined && !rule[0](value)) problems.add([...at, name], `is ${show(value)}; it is ${rule[1]}`);
  }
  return problems.count === before;
}

/** Of this producer; `*` stands for all that are not named. */
export function boundsOf(producers: Readonly<Record<string, ProducerBounds>>, name: string): ProducerBounds | undefined {
  return Object.hasOwn(producers, name) ? producers[name] : producers["*"];
}

/** Whether jobs of this name and queue are its affair. */
export function isWithin({ jobs, queues }: ProducerBounds, job: Pick<JobDefinition, "name" | "queue">): boolean {
  return (jobs?.includes(job.name) ?? true) && (queues?.includes(job.queue) ?? true);
}

/** One job that is asked for. */
export type AskedJob = readonly [definition: JobDefinition, payload: unknown, options?: EnqueueOptions | undefined];

/** Everything in these jobs that is beyond the bounds. A value that is not valid at all is no matter of bounds: the checks of the enqueue refuse it. */
export function findBeyond(jobs: readonly AskedJob[], bounds: ProducerBounds, now: number): Problems {
  const problems = new Problems();
  jobs.forEach((job, index) => {
    addBeyond(job, bounds, now, (field, message) => problems.add(jobs.length === 1 ? [field] : ["jobs", index, field], message));
  });
  return problems;
}

function addBeyond(
  [definition, payload, options = {}]: AskedJob,
  bounds: ProducerBounds,
  now: number,
  add: (field: string, message: string) => void,
): void {
  const { jobs, queues, keys } = bounds;
  const queue = options.queue ?? definition.queue;
  if (jobs && !jobs.includes(definition.name)) add("name", `is ${show(definition.name)}; allowed are ${someOf(jobs) || "none"}`);
  if (queues && !queues.includes(queue)) add("queue", `is ${show(queue)}; allowed are ${someOf(queues) || "none"}`);
  for (const name of ["priority", "retries"] as const) {
    const [asked, most] = [options[name], bounds[name]];
    if (most !== undefined && typeof asked === "number" && asked > most) add(name, `is ${asked}; allowed is up to ${most}`);
  }
  for (const [name, asked, most] of [
    ["timeout", parseDuration(options.timeout), bounds.timeout],
    ["delay", distanceOf(options.delay, now), bounds.delay],
    ["expiresIn", distanceOf(options.expiresIn, now), bounds.delay],
  ] as const) {
    const mostMs = parseDuration(most);
    if (mostMs !== undefined && asked !== undefined && asked > mostMs) add(name, `is beyond what is allowed, ${formatDuration(mostMs)}`);
  }
  const key = options.concurrencyKey;
  if (keys && key === null) add("concurrencyKey", "is null; the definition's may not be taken away");
  if (keys && typeof key === "string" && !keys.some((beginning) => key.startsWith(beginning)))
    add("concurrencyKey", keys.length === 0 ? "may not be given" : `must begin with ${someOf(keys.map((one) => JSON.stringify(one)))}`);
  const { payloadBytes } = bounds;
  if (payloadBytes === undefined) return;
  const bytes = byteLength(JSON.stringify(payload) ?? "{}");
  if (bytes > payloadBytes) add("payload", `is ${bytes} bytes of JSON; allowed are ${payloadBytes}`);
}

function distanceOf(when: Duration | Date | null | undefined, now: number): number | undefined {
  return when instanceof Date ? when.getTime() - now : parseDuration(when);
}
