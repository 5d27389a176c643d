/**
 * A job that a worker has claimed.
 * @module
 */
import type { TraceHeaders } from "../base/trace-headers.ts";

export interface ClaimedJob {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly retries: number;
  /** Milliseconds this attempt may take; null: as the definition says. */
  readonly timeoutMs: number | null;
  readonly key: string | null;
  /** When it was due, ISO 8601. */
  readonly runAt: string;
  readonly trace: TraceHeaders;
  /** An operator wants it stopped. */
  readonly cancelRequested: boolean;
  /** The outcome whose hook is to be run, instead of the job; null: the job itself. */
  readonly hook: "lost" | "cancelled" | "errored" | null;
  /** Times that hook has been started, this one included. */
  readonly hookTries: number;
  /** Attempts that were lost or interrupted do not count. */
  readonly idempotent: boolean;
  /** Attempts in a row that did not count. */
  readonly freeAttempts: number;
  /** As stored; not yet checked against the schema. */
  readonly payload: unknown;
  /** A whole number in the stored payload that JavaScript has rounded: the job is not to run on another. */
  readonly inexact?: string;
}
