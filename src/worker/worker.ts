/**
 * What one life of a consumer needs: who it is, what it can run, and where the queue is.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Handler } from "../job/handler.ts";
import type { JobsClient } from "../job/jobs-client.ts";
import type { Middleware } from "../job/middleware.ts";
import type { Store } from "../store/store.ts";
import type { Execute } from "./attempt.ts";
import type { Budget } from "./budget.ts";

/** The heartbeat of workers; the same for all that share a database. */
export interface Heartbeat {
  /** A worker is heard of at least this often. */
  readonly intervalMs: number;
  /** A worker silent for longer is dead, and its attempts are lost. */
  readonly timeoutMs: number;
}

/** What an attempt may leave behind, in bytes. */
export interface ResultLimits {
  readonly outputBytes: number;
  readonly errorBytes: number;
}

export interface Worker<Env> {
  readonly id: string;
  /** Where it runs: `cloudflare`, `lambda`, ... */
  readonly runtime: string;
  readonly host: string | null;
  readonly queues: readonly string[];
  /** Jobs run at a time. May change from turn to turn. */
  readonly slots: number;
  /** Where the code of the jobs runs. Default: in this process. */
  readonly execute?: Execute;
  /** Handlers by job name, former names included. */
  readonly handlers: ReadonlyMap<string, Handler<Env>>;
  /** Wrapped round every run, outermost first. */
  readonly middleware: readonly Middleware<Env>[];
  readonly heartbeat: Heartbeat;
  readonly limits: ResultLimits;
  /** Names of properties of payloads whose values stand in no error. */
  readonly redact?: readonly string[];
  readonly budget: Budget;
  /** Passed to every handler. */
  readonly env: Env;
  readonly jobs: JobsClient;
  readonly store: Store;
  readonly clock: Clock;
  /** Makes ids that are ordered by time. */
  readonly newId: () => string;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Handlers by the names of their jobs, former names included. */
export function byName<Env>(handlers: readonly Handler<Env>[]): Map<string, Handler<Env>> {
  return new Map(handlers.flatMap((handler) => [handler.definition.name, ...handler.definition.aliases].map((name) => [name, handler])));
}
