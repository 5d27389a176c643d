/**
 * The body of `POST /v1/jobs`: one job, or a batch of them, each a name, a payload and options.
 * @module
 */
import { MayflyError, type Problem } from "../core/errors.ts";
import type { JobDefinition } from "../core/job-definition.ts";
import type { BatchJob, EnqueueOptions } from "../core/jobs-client.ts";

/** One job of a body, with its definition found. Payload and options are checked by the client, as for everybody. */
export type RequestedJob = BatchJob<never>;

/** What a job in a body may say besides its name and payload. */
const OPTIONS = new Set(["id", "queue", "delay", "runAt", "priority", "retries", "timeout", "expiresIn", "expiresAt", "concurrencyKey"]);

export interface EnqueueBody {
  readonly jobs: readonly RequestedJob[];
  /** The body was `{"jobs": [...]}`, and so is the answer. */
  readonly batch: boolean;
}

/** Where the jobs of a body come from, and from whom. */
export type Origin = Pick<EnqueueOptions, "source" | "createdBy">;

/**
 * Reads a body.
 * @throws `invalid_options` for a body of another shape, `unknown_job` for names that are not defined, all at once
 */
export function parseEnqueueBody(body: unknown, definitions: ReadonlyMap<string, JobDefinition>, origin: Origin): EnqueueBody {
  if (!isObject(body)) throw new MayflyError("invalid_options", 'The body must be a job, {"name": ...}, or {"jobs": [...]}.');
  const batch = "jobs" in body;
  if (batch && !Array.isArray(body.jobs)) throw new MayflyError("invalid_options", '"jobs" must be an array of jobs.');
  const list: unknown[] = batch ? (body.jobs as unknown[]) : [body];
  const shape: Problem[] = [];
  const unknown: Problem[] = [];
  const jobs = list.map((job, index): RequestedJob | undefined => {
    const at = batch ? ["jobs", index] : [];
    if (!isObject(job) || typeof job.name !== "string") {
      shape.push({ path: [...at, "name"], message: "a job needs a name, as a string" });
      return undefined;
    }
    const definition = definitions.get(job.name);
    if (!definition) unknown.push({ path: [...at, "name"], message: `no job is named ${JSON.stringify(job.name.slice(0, 255))}` });
    const { name: _, payload = {}, runAt, expiresAt, ...options } = job;
    for (const option of Object.keys(options)) {
      if (!OPTIONS.has(option)) shape.push({ path: [...at, option], message: "is not an option" });
    }
    if (runAt !== undefined) {
      if ("delay" in options) shape.push({ path: [...at, "runAt"], message: "goes without delay" });
      options.delay = toDate(runAt);
    }
    if (expiresAt !== undefined) {
      if ("expiresIn" in options) shape.push({ path: [...at, "expiresAt"], message: "goes without expiresIn" });
      options.expiresIn = toDate(expiresAt);
    }
    return definition && [definition, payload as never, { ...(options as EnqueueOptions), ...origin }];
  });
  if (shape.length > 0) throw refuse("invalid_options", "The body does not have the right shape", shape);
  if (unknown.length > 0) {
    const known = [...definitions.keys()].join(", ");
    throw refuse("unknown_job", `Nothing was enqueued: the jobs defined here are ${known || "none"}`, unknown);
  }
  return { jobs: jobs.filter((job) => job !== undefined), batch };
}

/** What is no date is told where the options are checked. */
function toDate(value: unknown): Date {
  return new Date(typeof value === "string" ? value : Number.NaN);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(code: "invalid_options" | "unknown_job", what: string, problems: readonly Problem[]): MayflyError {
  const list = problems.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  return new MayflyError(code, `${what}. ${list}`, { problems });
}
