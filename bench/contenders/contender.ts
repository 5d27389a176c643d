/**
 * What is asked of every queue that is measured.
 * @module
 */
import type { Payload } from "../payloads.ts";

/** How a worker is set up. */
export interface Settings {
  /** Jobs at a time; for pg-boss, whose handlers take batches: batches at a time. */
  readonly concurrency: number;
  /** Jobs fetched at a time; 1: each for itself. Mayfly fetches as many as it has slots for. */
  readonly batch: number;
}

export interface OpenOptions extends Settings {
  /** Of the pool that enqueues, and where the queue allows that, of the worker's, too. */
  readonly connections: number;
  /** Whether the worker is woken by notifications, where that is not how it always is. */
  readonly listen: boolean;
}

export interface Queue {
  enqueue(payload: Payload): Promise<void>;
  /** In one call. */
  enqueueMany(payloads: readonly Payload[]): Promise<void>;
  /** Starts a worker, which tells of every job that it runs. Answers how to stop it. */
  work(onJob: (payload: Payload) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface Contender {
  /** What was found to be the fastest, see NOTES.md. */
  readonly fastest: Settings;
  /** The smallest honest one: ten jobs at a time. */
  readonly small: Settings;
  /** SQL: whether there is a job that has not been run and settled. */
  readonly unsettled: string;
  /** Installs its schema, and opens it. */
  open(url: string, options: OpenOptions): Promise<Queue>;
}
