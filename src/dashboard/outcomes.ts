/**
 * The five ways in which an attempt can end, in the order in which charts stack them.
 * @module
 */
import type { JobAttempt } from "../job/jobs-client.ts";

export type Outcome = JobAttempt["outcome"];

/** Neighbours differ in hue, for every kind of sight. */
export const OUTCOMES: readonly Outcome[] = ["successful", "deferred", "lost", "cancelled", "errored"];

export function isOutcome(text: string | undefined): text is Outcome {
  return OUTCOMES.includes(text as Outcome);
}

/** "Successful". */
export function titled(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
