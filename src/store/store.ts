/**
 * The seam between the program and the database: the queue's verbs, each one round trip, each safe to repeat.
 * Whatever the program wants of Postgres is a verb here; SQL and rows stay below.
 * @module
 */
import type { JsonValue } from "../base/json-value.ts";
import type { CancelOutcome, JobStatus, LiveJob, RetryResult, StatementTuple, TransactionResult } from "../job/jobs-client.ts";
import type { Usage } from "../operate/usage.ts";
import type { NewJob } from "./new-job.ts";
import type { MaintainReply, ScheduleSet, Tick, TickReply } from "./tick.ts";
import type { Turn, TurnReply } from "./turn.ts";

/** The outcome of one job of an enqueue. `conflict`: an expectation no longer holds; the counts say why. */
export interface EnqueueReply {
  readonly id: string;
  readonly outcome: "enqueued" | "duplicate" | "blocked" | "limited" | "conflict";
  /** The job in the way: the same id, or the holder of the key. */
  readonly existingId?: string;
  /** Waiting jobs of the name and key, where they were counted. */
  readonly pending?: number;
  /** Running jobs of the name and key, where they were counted. */
  readonly running?: number;
}

/** A request that may be repeated. */
export interface RequestKey {
  /** A UUID. */
  readonly id: string;
  /** Of all that it asks for. */
  readonly digest: string;
}

/** Stands in a request for a job that is not to be enqueued. */
export interface SkippedJob {
  readonly id: string;
  readonly skipped: true;
}

/** The outcome of one job of a request. */
export interface OnceJobReply extends Omit<EnqueueReply, "outcome"> {
  readonly outcome: EnqueueReply["outcome"] | "skipped";
}

export interface OnceReply {
  /** The request has been answered before, and this is that answer. */
  readonly replayed: boolean;
  /** With a conflict among them nothing was enqueued, and nothing is remembered. */
  readonly replies: readonly OnceJobReply[];
}

/** The jobs that are counted together. */
export interface LiveGroup {
  readonly name: string;
  readonly key: string | null;
}

/** How many live jobs of a name and key there are. */
export interface LiveCount {
  readonly pending: number;
  readonly running: number;
}

/** A statement of a transaction: text with $1, $2, and parameters as text or as query builders have them. */
export type SqlStatement = readonly [text: string, params: readonly unknown[]];

export interface AnnouncedSchedule {
  readonly name: string;
  /** ISO 8601; null: never. */
  readonly nextAt: string | null;
  /** For people. Once its `timing` is another one, so is the schedule, and its next tick is reckoned anew. */
  readonly definition: JsonValue;
}

/** A schedule to be fired. */
export interface Fire {
  readonly name: string;
  readonly fireCount: number;
  /** ISO 8601; null: never again. */
  readonly nextAt: string | null;
  /** False: its jobs are left out while the last one still lives. */
  readonly overlap: boolean;
  readonly jobs: readonly NewJob[];
}

/** A schedule that was fired, and what became of its jobs. */
export interface Fired {
  readonly name: string;
  /** `busy`, alone: another transaction holds it up, and it is still due. */
  readonly outcomes: readonly (EnqueueReply["outcome"] | "overlapped" | "busy")[];
}

/** Which live jobs to list. */
export interface LiveJobsQuery {
  readonly name: string;
  /** Null: all of the name. */
  readonly key: string | null;
  /** True: running jobs; false: waiting jobs. */
  readonly running: boolean;
  readonly most: number;
}

/** How long a verb may go on repeating itself after failures. */
export interface CallOptions {
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal;
}

/** What a producer asks of the queue. */
export interface EnqueueStore {
  enqueue(jobs: readonly NewJob[], callOptions?: CallOptions): Promise<EnqueueReply[]>;
}

/** What a producer asks who enqueues in transactions of its own. */
export interface TransactionStore {
  /** The statement that enqueues these jobs in a transaction of the caller's own. It fails where a job cannot be enqueued. */
  enqueueStatement(jobs: readonly NewJob[], allowBlocked: boolean): StatementTuple;
  /**
   * Runs a caller's transaction whose first statement is an `enqueueStatement`; repeats it when the reply is lost,
   * since that first statement refuses to happen twice.
   * @throws `unguarded_transaction` when the first statement is another one
   */
  transaction(statements: readonly SqlStatement[], callOptions?: CallOptions): Promise<TransactionResult>;
}

/** What a producer asks whose jobs have a `shouldEnqueue`. */
export interface CountStore {
  /** Live jobs of each name and key, in order; key null: all of the name. */
  liveCounts(groups: readonly LiveGroup[], callOptions?: CallOptions): Promise<LiveCount[]>;
}

/**
 * The queue in a database. Every verb throws `DriverError` when the database cannot be asked, and
 * `schema_missing` when nothing has been migrated yet.
 */
export interface Store extends EnqueueStore, TransactionStore, CountStore {
  /**
   * Enqueues for a request that may be repeated.
   * @throws `idempotency_key_reused` where its id was used with another digest
   */
  enqueueOnce(request: RequestKey, jobs: readonly (NewJob | SkippedJob)[], callOptions?: CallOptions): Promise<OnceReply>;
  liveJobs(query: LiveJobsQuery, callOptions?: CallOptions): Promise<LiveJob[]>;
  turn(turn: Turn, callOptions?: CallOptions): Promise<TurnReply>;
  tick(tick: Tick, callOptions?: CallOptions): Promise<TickReply>;
  /** Housekeeping: each duty by itself, up to `limit` rows of each kind. `retentionDays` null: results are kept for ever. */
  maintain(retentionDays: number | null, limit: number, callOptions?: CallOptions): Promise<MaintainReply>;
  /** What the calls of this store have cost since it was made. Ticks, and turns that sign off, write it to the database. */
  usage(): Usage;
  job(id: string, callOptions?: CallOptions): Promise<JobStatus | undefined>;
  cancel(id: string, callOptions?: CallOptions): Promise<CancelOutcome>;
  /** Runs a finished job again as `newId`. */
  retry(id: string, newId: string, callOptions?: CallOptions): Promise<RetryResult>;
  /** Notes jobs of a producer, and counts its live ones: exactly once there are more than `most`, else those that have ended may be among them. */
  producerJobs(producer: string, ids: readonly string[], most: number, callOptions?: CallOptions): Promise<number>;
  /** Puts a deployment's schedules in force, unless a newer deployment's are. */
  announceSchedules(set: ScheduleSet, schedules: readonly AnnouncedSchedule[], callOptions?: CallOptions): Promise<"current" | "older">;
  /** Fires the schedules whose fire count has not changed, and returns them. A repeat returns fewer. */
  fireSchedules(application: string, fires: readonly Fire[], callOptions?: CallOptions): Promise<Fired[]>;
}
