/**
 * How long an invocation lives, and which jobs can end within it.
 * @module
 */
import type { JobDefinition } from "../job/job-definition.ts";

export interface Lifetime {
  /** Soft end: claims nothing more after this many milliseconds. */
  readonly claimForMs: number;
  /** Hard end: the platform's, in milliseconds. A job's time-out has to fit between the two. */
  readonly hardEndMs: number;
}

/** Kept of the hard end for the last turn. */
export const MARGIN_MS = 2_000;
/** Of that, what is kept to answer in, after the last call of the database. */
export const ANSWER_MS = 250;
/** An invocation that claims for less than this would have looked, and then be over before it claims. */
export const LEAST_CLAIM_MS = 1_000;

/** The longest time-out for which every job that is claimed also ends. */
export function longestTimeoutMs({ claimForMs, hardEndMs }: Lifetime): number {
  return hardEndMs - MARGIN_MS - claimForMs;
}

/** The lifetime with its soft end so early that every job can end, of those for which that is possible; and those for which it is not. */
export function fitLifetime<Definition extends Pick<JobDefinition, "timeoutMs">>(
  { claimForMs, hardEndMs }: Lifetime,
  definitions: readonly Definition[],
): { readonly lifetime: Lifetime; readonly tooLong: readonly Definition[] } {
  const longest = longestTimeoutMs({ claimForMs: Math.min(LEAST_CLAIM_MS, claimForMs), hardEndMs });
  const [fits, tooLong] = [definitions.filter((one) => one.timeoutMs <= longest), definitions.filter((one) => one.timeoutMs > longest)];
  const latest = hardEndMs - MARGIN_MS - Math.max(0, ...fits.map(({ timeoutMs }) => timeoutMs));
  return { lifetime: { claimForMs: Math.max(0, Math.min(claimForMs, latest)), hardEndMs }, tooLong };
}
