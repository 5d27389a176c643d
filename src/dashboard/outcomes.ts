/**
 * The words for where a job stands, and the five ways in which an attempt can end, in the order in which charts stack them.
 * @module
 */
import type { JobAttempt, JobStatus } from "../job/jobs-client.ts";

export type Outcome = JobAttempt["outcome"];

/** Neighbours differ in hue, for every kind of sight. */
export const OUTCOMES: readonly Outcome[] = ["successful", "deferred", "lost", "cancelled", "errored"];

export function isOutcome(text: string | undefined): text is Outcome {
  return OUTCOMES.includes(text as Outcome);
}

/** A job's state, or why it waits where that is not its time. */
export function standing({ state, reason }: Pick<JobStatus, "state" | "reason">): string {
  return reason === undefined || reason === "due" ? state : reason;
}

/** "Successful". */
export function titled(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
