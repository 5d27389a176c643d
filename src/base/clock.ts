/**
 * Time as seen by a worker. It only decides when an invocation must stop and how long to wait; what is due, stale
 * or expired is decided by the database's clock.
 * @module
 */

/** A source of time, injected wherever time is read. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once (without an error) when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls after `ms` milliseconds, unless the function that it answers is called before. */
  after(ms: number, call: () => void): () => void;
}
