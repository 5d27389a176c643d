/**
 * How long to wait before an attempt is made again.
 * @module
 */
import { type Duration, parseDuration } from "../base/durations.ts";

/** A delay that grows with every attempt. Made by `exponential`. */
export interface ExponentialDelay {
  readonly kind: "exponential";
  readonly baseMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** Share of the delay that is random, from 0 to 1. */
  readonly jitter: number;
}

/** Decides from the attempt that failed (1 for the first) and what it threw. */
export type RetryDelayFunction = (attempt: number, error: unknown) => Duration;

/** The same delay each time, one that grows, or a rule of your own. */
export type RetryDelay = Duration | ExponentialDelay | RetryDelayFunction;

export interface ExponentialOptions {
  /** The delay after the first attempt. */
  readonly base: Duration;
  /** Never longer than this. Default "1h". */
  readonly max?: Duration;
  /** Each delay is this many times the one before. Default 2. */
  readonly factor?: number;
  /** Share of each delay that is taken off at random, from 0 (none) to 1 (all of it), so that jobs that failed together do not come back together. Default 0. */
  readonly jitter?: number;
}

/** Longest wait between two attempts: 30 days. */
const MAX_MS = 30 * 86_400_000;

/**
 * Delays of base, base * factor, base * factor², ... up to max.
 * @throws RangeError for a malformed duration, a factor below 1 or a jitter outside 0 to 1
 * @example
 * ```ts
 * exponential({ base: "1s" }); // 1 s, 2 s, 4 s, ... up to an hour
 * exponential({ base: "30s", factor: 3, max: "1d", jitter: 0.5 });
 * ```
 */
export function exponential({ base, max = "1h", factor = 2, jitter = 0 }: ExponentialOptions): ExponentialDelay {
  const baseMs = parseDuration(base);
  const maxMs = parseDuration(max);
  if (baseMs === undefined || maxMs === undefined) {
    throw new RangeError(`exponential() takes durations such as "1s", not base ${JSON.stringify(base)} and max ${JSON.stringify(max)}`);
  }
  if (!(factor >= 1)) throw new RangeError(`exponential() takes a factor of at least 1, not ${factor}`);
  if (!(jitter >= 0 && jitter <= 1)) throw new RangeError(`exponential() takes a jitter from 0 to 1, not ${jitter}`);
  return { kind: "exponential", baseMs, maxMs, factor, jitter };
}

/** The wait, and what was wrong with the rule where it could not be used. */
export interface DelayDecision {
  readonly ms: number;
  readonly problem?: string;
}

/** How long to wait after this attempt (1 for the first). A rule that throws or answers nonsense counts as no delay. */
export function retryDelayMs(delay: RetryDelay, attempt: number, error: unknown, random: () => number): DelayDecision {
  if (typeof delay === "object") {
    const full = Math.min(delay.baseMs * delay.factor ** (attempt - 1), delay.maxMs);
    return { ms: Math.round(full * (1 - delay.jitter * random())) };
  }
  let value: Duration;
  try {
    value = typeof delay === "function" ? delay(attempt, error) : delay;
  } catch (thrown) {
    return { ms: 0, problem: `retryDelay threw: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
  const ms = parseDuration(value);
  if (ms === undefined) return { ms: 0, problem: `retryDelay gave ${String(value)}, which is not a duration` };
  return { ms: Math.min(ms, MAX_MS) };
}
