/**
 * The end of an attempt whose process died under it, told apart from an error of the same code that its own code threw.
 * @module
 */
import { MayflyError } from "../base/errors.ts";

const made = new WeakSet<object>();

/** The error that such an attempt ends with: `job_lost`. */
export function processLost(how: string): MayflyError {
  const error = new MayflyError("job_lost", `The process that ran the job ${how}.`);
  made.add(error);
  return error;
}

/** Whether it is one of those. */
export function isProcessLost(error: unknown): boolean {
  return typeof error === "object" && error !== null && made.has(error);
}
