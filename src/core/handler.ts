/**
 * Handlers: the code that runs a job. Only consumers bundle it.
 * @module
 */
import type { JobDefinition } from "./job-definition.ts";
import type { JobsClient } from "./jobs-client.ts";
import type { Logger } from "./logger.ts";

/** What a handler is given. */
export interface JobContext<Payload, Env> {
  /** As the schema puts it out. */
  readonly payload: Payload;
  /** The runtime's environment: bindings, variables. */
  readonly env: Env;
  /** The queue's client, to enqueue more. */
  readonly jobs: JobsClient;
  /** Aborts when the job's time is up. What the handler does afterwards no longer counts. */
  readonly signal: AbortSignal;
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Attempts there may be after the first. */
  readonly retries: number;
  readonly concurrencyKey?: string;
  /** Adds the job's id, name and attempt to every line. */
  readonly logger: Logger;
}

/** Runs one attempt. What it returns is kept with the result, if JSON can hold it; what it throws is the error. */
export type RunHandler<Payload, Env> = (context: JobContext<Payload, Env>) => unknown;

/** A definition with the code that runs it. */
export interface Handler<Env> {
  readonly definition: JobDefinition;
  // A method, so that handlers of any payload fit in one list: each is only ever given its own.
  run(context: JobContext<unknown, Env>): unknown;
}
