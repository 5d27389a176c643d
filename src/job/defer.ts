/**
 * Putting a job back: "not now, and not a failure".
 * @module
 */
import { type Duration, parseDuration } from "../base/durations.ts";

/** Further than this is taken for a mistake: ten years. */
const MAX_MS = 3_650 * 86_400_000;

/** Global, so that two copies of this module in one program recognise each other's deferrals. */
const MARK = Symbol.for("mayfly.deferral");

/** What a handler returns to have its job run again later. Made by `defer`. */
export interface Deferral {
  readonly [MARK]: true;
  readonly delayMs: number;
  readonly countsAsAttempt: boolean;
}

export interface DeferOptions {
  /** Count it as one of the attempts, so that there are at most `retries` of them. Default false. */
  readonly countsAsAttempt?: boolean;
}

/**
 * Puts a job back into its queue, when its handler returns it. The job keeps its key; the attempt ends as deferred, without an error.
 * Deferrals that do not count last a second at least, and go on until the job's `expiresIn`, or for ever.
 * @throws RangeError for a malformed delay
 * @example
 * ```ts
 * const reply = await fetch(url, { signal });
 * if (reply.status === 429) return defer("10m");
 * ```
 */
export function defer(delay: Duration, { countsAsAttempt = false }: DeferOptions = {}): Deferral {
  const delayMs = parseDuration(delay);
  if (delayMs === undefined || delayMs > MAX_MS) {
    throw new RangeError(`defer() takes a duration such as "10m", up to ten years, not ${JSON.stringify(delay)}`);
  }
  return { [MARK]: true, delayMs, countsAsAttempt };
}

export function isDeferral(value: unknown): value is Deferral {
  try {
    return typeof value === "object" && value !== null && MARK in value;
  } catch {
    // A Proxy may refuse to be looked at.
    return false;
  }
}
