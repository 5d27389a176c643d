/**
 * Where a job stood when a page showed it: an action on it goes by what its operator saw.
 * @module
 */
import type { JobStatus } from "../job/jobs-client.ts";

/** Changes with every transition that makes an action another one. */
export function momentOf({ state, attempt }: Pick<JobStatus, "state" | "attempt">): string {
  return `${state} ${attempt}`;
}
