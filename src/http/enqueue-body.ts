/**
 * The body of `POST /v1/jobs`: one job, or a batch of them, each a name, a payload and options.
 * @module
 */
import { MayflyError, type Problem } from "../base/errors.ts";
import { isMoment, MOMENT_TOLD } from "../base/moments.ts";
import { checkNames } from "../base/option-names.ts";
import { Problems, show, someOf } from "../base/problems.ts";
import { MAX_BATCH } from "../enqueue/limits.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { BatchJob, EnqueueOptions } from "../job/jobs-client.ts";

/** One job of a body, with its definition found. Payload and options are checked by the client, as for everybody. */
export type RequestedJob = BatchJob<never>;

/** What a job in a body may say besides its name and payload. */
const OPTIONS = ["id", "queue", "delay", "runAt", "within", "priority", "retries", "timeout", "expiresIn", "expiresAt", "concurrencyKey"];

export interface EnqueueBody {
  readonly jobs: readonly RequestedJob[];
  /** The body was `{"jobs": [...]}`, and so is the answer. */
  readonly batch: boolean;
}

/** Where the jobs of a body come from, and from whom. */
export type Origin = Pick<EnqueueOptions, "source" | "createdBy">;

/**
 * Reads a body.
 * @throws `batch_too_large` before any job is looked at, `invalid_options` for a body of another shape, `unknown_job` for names that are not defined, all at once
 */
export function parseEnqueueBody(body: unknown, definitions: ReadonlyMap<string, JobDefinition>, origin: Origin): EnqueueBody {
  if (!isObject(body)) throw new MayflyError("invalid_options", 'The body must be a job, {"name": ...}, or {"jobs": [...]}.');
  const batch = "jobs" in body;
  if (batch && !Array.isArray(body.jobs)) throw new MayflyError("invalid_options", '"jobs" must be an array of jobs.');
  const list: unknown[] = batch ? (body.jobs as unknown[]) : [body];
  if (list.length > MAX_BATCH)
    throw new MayflyError("batch_too_large", `${list.length} jobs in one call; more than ${MAX_BATCH} are never taken. Split the batch.`);
  const shape = new Problems();
  const unknown = new Problems();
  if (batch)
    for (const field of Object.keys(body))
      if (field !== "jobs") shape.add([field], 'is not taken beside "jobs"; each job has its own options');
  const jobs = list.map((job, index): RequestedJob | undefined => {
    const at = batch ? ["jobs", index] : [];
    if (!isObject(job) || typeof job.name !== "string") {
      shape.add([...at, "name"], "a job needs a name, as a string");
      return undefined;
    }
    const definition = definitions.get(job.name);
    if (!definition) unknown.add([...at, "name"], `no job is named ${show(job.name)}`);
    const { name: _, payload = {}, runAt, expiresAt, ...options } = job;
    checkNames(options, OPTIONS, shape, at);
    if (runAt !== undefined) {
      if ("delay" in options) shape.add([...at, "runAt"], "goes without delay");
      options.delay = toDate(runAt, shape, [...at, "runAt"]);
    }
    if (expiresAt !== undefined) {
      if ("expiresIn" in options) shape.add([...at, "expiresAt"], "goes without expiresIn");
      options.expiresIn = toDate(expiresAt, shape, [...at, "expiresAt"]);
    }
    return definition && [definition, payload as never, { ...(options as EnqueueOptions), ...origin }];
  });
  if (shape.count > 0) throw shape.error("invalid_options", "The body does not have the right shape");
  if (unknown.count > 0)
    throw unknown.error("unknown_job", `Nothing was enqueued: the jobs defined here are ${someOf(definitions.keys()) || "none"}`);
  return { jobs: jobs.filter((job) => job !== undefined), batch };
}

function toDate(value: unknown, problems: Problems, path: Problem["path"]): Date {
  if (typeof value === "string" && isMoment(value)) return new Date(value);
  problems.add(path, `is ${show(value)}; ${MOMENT_TOLD}`);
  return new Date(Number.NaN);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
