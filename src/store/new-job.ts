/**
 * A job about to be enqueued: everything decided, in plain units.
 * @module
 */
import type { TraceHeaders } from "../base/trace-headers.ts";

export interface NewJob {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly priority: number;
  readonly retries: number;
  /** Milliseconds an attempt may take; null: as the definition says when it runs. */
  readonly timeoutMs: number | null;
  readonly key: string | null;
  /** At most this many live jobs of the name and key; null: no such limit. */
  readonly limit: number | null;
  /** At most this many of the name and key run at a time, the others wait; null: no such limit. */
  readonly runningLimit: number | null;
  /** An attempt that is lost or interrupted does not count, up to five in a row. */
  readonly idempotent: boolean;
  /** Goes in only while neither count is higher; null: regardless. */
  readonly expect: { readonly pending: number; readonly running: number } | null;
  /** From the database's now; null with runAt null: at once. */
  readonly delayMs: number | null;
  /** ISO 8601. */
  readonly runAt: string | null;
  /** It is due on the grid of this width. Null, and where it is due at once: at its own time. */
  readonly withinMs: number | null;
  /** From when it is due; waiting longer, it ends as cancelled. Null with expiresAt null: it waits for ever. */
  readonly expiresMs: number | null;
  /** ISO 8601. */
  readonly expiresAt: string | null;
  /** The payload, as JSON: written once, so that no layer below does it again. */
  readonly payloadJson: string;
  /** Where in the program it came from. */
  readonly source: string | null;
  /** Who enqueued it: a schedule, a token; null: the program. */
  readonly createdBy: string | null;
  readonly trace: TraceHeaders;
}
