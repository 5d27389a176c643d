/**
 * Bounds of what goes through the queue.
 * @module
 */
import { isBetween } from "../base/bounds.ts";
import { checkNames } from "../base/option-names.ts";
import { type Problems, show } from "../base/problems.ts";

/** Bounds of what goes through the queue; bytes are of JSON in UTF-8. */
export interface Limits {
  /** One payload. Default 65,536. */
  readonly payloadBytes: number;
  /** What a handler returned. Default 32,768. */
  readonly outputBytes: number;
  /** What a handler threw. Default 32,768. */
  readonly errorBytes: number;
  /** All payloads of one enqueue. Default 4 MiB. */
  readonly enqueueBytes: number;
  /** Jobs of one enqueue. Default 1,000. */
  readonly batch: number;
}

const LIMITS = {
  payloadBytes: 65_536,
  outputBytes: 32_768,
  errorBytes: 32_768,
  enqueueBytes: 4 * 1_024 * 1_024,
  batch: 1_000,
} satisfies Limits;

/** `mayfly.enqueue_v1` takes no more in one call. */
export const MAX_BATCH = 10_000;

/** Fills in defaults; adds what is wrong to the problems. */
export function resolveLimits(given: Partial<Limits> | undefined, problems: Problems): Limits {
  checkNames(given ?? {}, Object.keys(LIMITS), problems, ["limits"]);
  const limits: Limits = { ...LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const most = name === "batch" ? MAX_BATCH : Number.MAX_SAFE_INTEGER;
    if (!isBetween(value, 1, most)) problems.add(["limits", name], `is ${show(value)}; it is a whole number from 1 to ${most}`);
  }
  return limits;
}
