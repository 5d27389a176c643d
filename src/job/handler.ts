/**
 * Handlers: the code that runs a job. Only consumers bundle it.
 * @module
 */
import type { Logger } from "../base/logger.ts";
import type { JobDefinition } from "./job-definition.ts";
import type { JobAttempt, JobsClient } from "./jobs-client.ts";

/** What a handler and its hooks share. */
interface BaseContext<Payload, Env> {
  /** As the schema puts it out. */
  readonly payload: Payload;
  /** The runtime's environment: bindings, variables. */
  readonly env: Env;
  /** The queue's client, to enqueue more. */
  readonly jobs: JobsClient;
  /**
   * Aborts when the job's time is up, when an operator cancels it, and when its worker was taken for dead. What the handler does afterwards
   * no longer counts; `signal.reason` is an error whose `code` says why: `job_timed_out`, `job_cancelled`, `claim_lost`, `job_interrupted`.
   */
  readonly signal: AbortSignal;
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** 1 for the first. Attempts that did not count share their number with the next one. */
  readonly attempt: number;
  /** Attempts there may be after the first. */
  readonly retries: number;
  readonly logger: Logger;
}

/** What a handler is given. `signal` and `logger` are made when they are first read, and a copy by `{ ...context }` leaves them out: name them. */
export interface JobContext<Payload, Env> extends BaseContext<Payload, Env> {
  /** With `id`, names this attempt in the results. */
  readonly claimId: string;
  /** When it was due, ISO 8601: for a job of a schedule, the tick. */
  readonly runAt: string;
  readonly concurrencyKey?: string;
}

/** What a hook is given. */
export interface HookContext<Payload, Env> extends BaseContext<Payload, Env> {
  /** The attempt that the hook is about. Without `retryAt` it was the last attempt. */
  readonly result: JobAttempt;
}

/**
 * Runs one attempt. What it returns is kept with the result as JSON, as `JSON.stringify` tells dates and the like; a text stands in the place of what JSON
 * cannot hold. What it throws is the error. `defer` puts the job back.
 */
export type RunHandler<Payload, Env> = (context: JobContext<Payload, Env>) => unknown;

/** Runs after an attempt. May run more than once: make it idempotent, with the job's id as the key. */
export type Hook<Payload, Env> = (context: HookContext<Payload, Env>) => unknown;

/**
 * Each runs as a claim of its own on the job's queue, after the result is written and before any retry, within the job's time-out. One that throws,
 * runs out of time or kills its worker is tried three times, then given up. Not called for a payload that does not fit its schema.
 */
export interface Hooks<Payload, Env> {
  /** An attempt ended without its handler's doing: its worker died (`lost`), or it was cancelled or expired (`cancelled`). */
  readonly onAborted?: Hook<Payload, Env>;
  /** The job has failed for good: its last attempt was errored or lost. After `onAborted`, where both are due. */
  readonly onFailed?: Hook<Payload, Env>;
}

/** A definition with the code that runs it. */
export interface Handler<Env> {
  readonly definition: JobDefinition;
  // Methods, so that handlers of any payload fit in one list: each is only ever given its own.
  run(context: JobContext<unknown, Env>): unknown;
  onAborted?(context: HookContext<unknown, Env>): unknown;
  onFailed?(context: HookContext<unknown, Env>): unknown;
}
