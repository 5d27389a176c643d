/**
 * A job about to be enqueued: everything decided, in plain units.
 * @module
 */
import type { JsonValue } from "./json-value.ts";

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
  /** Goes in only while neither count is higher; null: regardless. */
  readonly expect: { readonly pending: number; readonly running: number } | null;
  /** From the database's now; null with runAt null: at once. */
  readonly delayMs: number | null;
  /** ISO 8601. */
  readonly runAt: string | null;
  readonly payload: JsonValue;
  readonly source: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}
