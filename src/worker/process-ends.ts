/**
 * Ends of an attempt that come from the process it was to run in, and not from its code, which may throw errors of the same codes.
 * @module
 */
import { MayflyError } from "../base/errors.ts";

const lost = new WeakSet<object>();
const notStarted = new WeakSet<object>();

/** The error of an attempt whose process died under it: `job_lost`. */
export function processLost(how: string): MayflyError {
  const error = new MayflyError("job_lost", `The process that ran the job ${how}.`);
  lost.add(error);
  return error;
}

/** The error of an attempt for which there was no process: its code has not started. */
export function processMissing(): MayflyError {
  const error = new MayflyError("job_interrupted", "There was no process to run the job in.");
  notStarted.add(error);
  return error;
}

export function isProcessLost(error: unknown): boolean {
  return isIn(lost, error);
}

export function isProcessMissing(error: unknown): boolean {
  return isIn(notStarted, error);
}

function isIn(made: WeakSet<object>, error: unknown): boolean {
  return typeof error === "object" && error !== null && made.has(error);
}
