/**
 * A job as `POST /v1/jobs` takes it.
 * @module
 */
import type { Body } from "../http/route-types.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { ClientJobOptions } from "./types.ts";

type JobBody = Extract<Body<"POST /v1/jobs">, { readonly name: string }>;

/** The job, its dates as text. What is wrong with it the API says. */
export function jobBody(
  job: Pick<JobDefinition, "name"> | string,
  payload: unknown,
  { delay, expiresIn, ...rest }: ClientJobOptions = {},
): JobBody {
  return {
    name: typeof job === "string" ? job : job.name,
    ...rest,
    ...(payload === undefined ? {} : { payload: payload as JobBody["payload"] & {} }),
    ...(delay instanceof Date ? { runAt: delay.toJSON() } : delay === undefined ? {} : { delay }),
    ...(expiresIn instanceof Date ? { expiresAt: expiresIn.toJSON() } : expiresIn === undefined ? {} : { expiresIn }),
  };
}
