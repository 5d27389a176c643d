/**
 * The queue's client, as producers and handlers see it.
 * @module
 */
import type { Duration } from "../base/durations.ts";
import type { JsonValue } from "../base/json-value.ts";
import type { SerializedError } from "../base/serialize-error.ts";
import type { TraceHeaders } from "../base/trace-headers.ts";
import type { JobDefinition } from "./job-definition.ts";
import type { TransactionStatement } from "./transaction-statement.ts";

/** Options of one enqueue, which win over the definition's. */
export interface EnqueueOptions extends TraceHeaders {
  /** A UUID, best of version 7. A repeat with the same id does not enqueue again. Default: a new one. */
  readonly id?: string;
  readonly queue?: string;
  /** Not before this long from now, or this date. Up to ten years. Default: at once. */
  readonly delay?: Duration | Date;
  /** Due up to so much later, a second to a day, at the next point of a grid that all share: "15m", at full quarters. Null: as `delay` says. */
  readonly within?: Duration | null;
  /** Waiting for longer than this after it is due, or past this date, it ends as cancelled. Null: it waits for ever. */
  readonly expiresIn?: Duration | Date | null;
  /** From -32768 to 32767, higher first. */
  readonly priority?: number;
  readonly retries?: number;
  readonly timeout?: Duration;
  /** Null: no key, also where the definition has one. */
  readonly concurrencyKey?: string | null;
  /** Where in the program it came from. Default: file and line of the call. */
  readonly source?: string;
  /** Who asked for it, up to 255 characters. Default: the program itself. */
  readonly createdBy?: string;
}

/**
 * - `enqueued`: the job is in the queue
 * - `duplicate`: its id was there before
 * - `blocked`: another live job holds its key
 * - `limited`: as many live jobs as its limit allows
 * - `skipped`: its `shouldEnqueue` said no
 */
export type EnqueueOutcome = "enqueued" | "duplicate" | "blocked" | "limited" | "skipped";

export interface EnqueueResult {
  readonly id: string;
  readonly outcome: EnqueueOutcome;
  /** The job in the way, for `duplicate` and `blocked`. */
  readonly existingId?: string;
}

/** A statement with its parameters as text, ready to be spread into a driver's `query`. */
export type StatementTuple = [text: string, params: (string | null)[]];

export interface TransactionResult {
  /** `already_committed`: a reply was lost, and the repeat found the transaction done. */
  readonly outcome: "committed" | "already_committed";
  /** Rows per statement, as text; empty when it had been committed already. */
  readonly rows: readonly (readonly Readonly<Record<string, string | null>>[])[];
}

/** One finished attempt of a job. */
export interface JobAttempt {
  readonly attempt: number;
  readonly outcome: "successful" | "errored" | "cancelled" | "lost" | "deferred";
  readonly startedAt?: string;
  readonly finishedAt: string;
  /** When the job was to run again after it. */
  readonly retryAt?: string;
  /** The job that was made to run it once more. */
  readonly retriedAs?: string;
  readonly workerId?: string;
  readonly error?: SerializedError;
  readonly output?: JsonValue;
}

/** `due`: until its time; `parked`: no consumer of its queue could run it, and it is tried again then; `throttled`: it is at its running limit. */
export type WaitReason = "due" | "parked" | "throttled";

/** A job as it stands. Times are ISO 8601. */
export interface JobStatus {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** Of the live job; the outcome of its last attempt once it has ended. */
  readonly state: "scheduled" | "ready" | "running" | JobAttempt["outcome"];
  /** Why a scheduled job waits. */
  readonly reason?: WaitReason;
  readonly priority: number;
  /** Attempts started. */
  readonly attempt: number;
  readonly retries: number;
  readonly concurrencyKey?: string;
  readonly runAt: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly expiresAt?: string;
  /** Of the worker that runs it. */
  readonly workerId?: string;
  /** Somebody wants it stopped. */
  readonly cancelRequestedAt?: string;
  /** The finished job that it was made from, by a retry by hand. */
  readonly retryOf?: string;
  /** The job that was made to run it once more. */
  readonly retriedAs?: string;
  /** Where in the program it was enqueued. */
  readonly source?: string;
  /** Who enqueued it: a schedule, a token; absent: the program itself. */
  readonly createdBy?: string;
  readonly traceparent?: string;
  readonly payload: JsonValue;
  readonly attempts: readonly JobAttempt[];
}

/** A job that waits or runs. Times are ISO 8601. */
export interface LiveJob {
  readonly id: string;
  readonly queue: string;
  readonly state: "scheduled" | "ready" | "running";
  /** Why a scheduled job waits. */
  readonly reason?: WaitReason;
  readonly priority: number;
  /** Attempts started. Above 1, or 1 and waiting: it is a retry. */
  readonly attempt: number;
  readonly retries: number;
  readonly concurrencyKey?: string;
  readonly runAt: string;
  readonly createdAt: string;
  readonly startedAt?: string;
}

/** Which live jobs of a definition to list. */
export interface LiveJobsOptions {
  /**
   * Only jobs with this key. Without one, the definition's jobs are looked for among the 10,000 oldest live jobs, whatever their names:
   * those behind them are not found.
   */
  readonly concurrencyKey?: string;
  /** Leave this job out: inside a handler, its own. */
  readonly except?: string;
  /** At most this many, up to 1,000. Default 100. */
  readonly limit?: number;
}

/**
 * - `cancelled`: it has ended so, now or before
 * - `requested`: it runs; its handler's signal aborts within a heartbeat, and there will be no other attempt
 * - `finished`: it had ended otherwise
 * - `unknown`: there is no such job, or its results have been removed
 */
export type CancelOutcome = "cancelled" | "requested" | "finished" | "unknown";

/** What became of a retry by hand. */
export interface RetryResult {
  /** `already`: it was retried before, as `id`; `blocked`: the job `id` holds its key; `live`: it has not finished. */
  readonly outcome: "enqueued" | "already" | "blocked" | "live" | "unknown";
  readonly id?: string;
}

/** A job of a batch: definition, payload, options. */
export type BatchJob<Input> = readonly [definition: JobDefinition<string, Input>, payload: Input, options?: EnqueueOptions];

/** The part of the client that enqueues. Every method throws `DriverError` when the database cannot be asked. */
export interface ProducerClient {
  /**
   * Enqueues a job: one round trip, two with a `shouldEnqueue`.
   * @throws `invalid_payload`, `payload_too_large`, `invalid_options`, `contended`
   * @example
   * ```ts
   * const { id, outcome } = await jobs.enqueue(welcome, { userId }, { delay: "10m", priority: 5 });
   * ```
   */
  enqueue<Input>(definition: JobDefinition<string, Input>, payload: NoInfer<Input>, options?: EnqueueOptions): Promise<EnqueueResult>;
  /** A job that needs no payload: `enqueue(cleanup)`. Its handler is given an empty object. */
  enqueue(definition: JobDefinition<string, undefined>): Promise<EnqueueResult>;
  /**
   * Enqueues up to 1,000 jobs in one round trip. If a job is wrong, none is enqueued.
   * @throws as `enqueue`; also `invalid_options` when the batch is not a list of jobs, `empty_batch`, `batch_too_large`
   * @example
   * ```ts
   * await jobs.enqueueMany([
   *   [welcome, { userId }],
   *   [report, { day: "2026-01-01" }, { queue: "long" }],
   * ]);
   * ```
   */
  enqueueMany<const Inputs extends readonly unknown[]>(
    jobs: {
      readonly [Index in keyof Inputs]: BatchJob<Inputs[Index]>;
    },
  ): Promise<EnqueueResult[]>;
  /**
   * The enqueue as a statement for a transaction of your own. Put it first: where the job does not go in it fails, and
   * the transaction with it. SQLSTATE MF001: the id is known, so the transaction was committed before; MF002: the key
   * is held; MF003: over its limit.
   * @param options `allowBlocked`: a held key or a reached limit does not fail
   * @throws as `enqueue`; `invalid_config` for an async schema or a `shouldEnqueue`, for which a statement cannot wait
   * @example
   * ```ts
   * const [text, params] = jobs.statement(welcome, { userId });
   * await client.query("begin");
   * await client.query(text, params);
   * await client.query("insert into account (id) values ($1)", [userId]);
   * await client.query("commit");
   * ```
   */
  statement<Input>(
    definition: JobDefinition<string, Input>,
    payload: NoInfer<Input>,
    options?: EnqueueOptions & { readonly allowBlocked?: boolean },
  ): StatementTuple;
  /**
   * Runs a transaction whose first statement comes from `statement`, and repeats it when the reply is lost: it counts once. With
   * `allowBlocked` the first statement does not refuse to happen twice, so a lost reply is thrown as `database_reply_lost` instead.
   * @throws `unguarded_transaction` when the first statement is another; `already_committed`, `blocked`, `limited` as above
   * @example
   * ```ts
   * await jobs.transaction([
   *   jobs.statement(welcome, { userId }),
   *   ["insert into account (id) values ($1::uuid)", [userId]],
   *   db.insert(accounts).values({ id: userId }).toSQL(),
   * ]);
   * ```
   */
  transaction(statements: readonly TransactionStatement[]): Promise<TransactionResult>;
}

/** The queue's client. Every method throws `DriverError` when the database cannot be asked. */
export interface JobsClient extends ProducerClient {
  /** A job and its finished attempts; undefined once its results have been removed. */
  get(id: string): Promise<JobStatus | undefined>;
  /** The definition's jobs that wait: scheduled or ready. The next ones first. */
  pending(definition: JobDefinition, options?: LiveJobsOptions): Promise<LiveJob[]>;
  /** The definition's jobs that run. */
  running(definition: JobDefinition, options?: LiveJobsOptions): Promise<LiveJob[]>;
  /** Cancels a job for good: a waiting one at once, a running one through its signal. */
  cancel(id: string): Promise<CancelOutcome>;
  /** Runs a finished job once more, as a new job. A repeat answers `already`. */
  retry(id: string): Promise<RetryResult>;
  /**
   * Says that there are jobs that this client has not put in itself: in a transaction of your own, or by SQL. Asks nothing of the database.
   * Without it such jobs are found by the next look, such as a cron's. Every other method says so by itself.
   * @param options `delay`: when they are due. Default: now
   * @throws `invalid_options`
   * @example after `await client.query("commit")`: `jobs.wake()`
   */
  wake(options?: { readonly delay?: Duration | Date }): void;
}
