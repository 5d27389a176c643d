/**
 * The seam between the program and the database: the queue's verbs, each one round trip, each safe to repeat.
 * Whatever the program wants of Postgres is a verb here; SQL and rows stay below.
 * @module
 */
import type { JsonValue } from "../base/json-value.ts";
import type { CancelOutcome, JobStatus, LiveJob, RetryResult, StatementTuple, TransactionResult } from "../job/jobs-client.ts";
import type { Cost } from "../operate/cost.ts";
import type { ClaimedJob } from "./claimed-job.ts";
import type { Look, LookReply, ScheduleSet } from "./look.ts";
import type { NewJob } from "./new-job.ts";
import type { Settlement } from "./settlement.ts";

/** What became of one job of an enqueue. `conflict`: an expectation no longer holds; the counts say why. */
export interface EnqueueVerdict {
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

/** Stands in a request for a job that is not to go in. */
export interface SkippedJob {
  readonly id: string;
  readonly skipped: true;
}

/** What became of one job of a request. */
export interface OnceVerdict extends Omit<EnqueueVerdict, "outcome"> {
  readonly outcome: EnqueueVerdict["outcome"] | "skipped";
}

export interface OnceReply {
  /** The request has been answered before, and this is that answer. */
  readonly replayed: boolean;
  /** With a conflict among them nothing went in, and nothing is remembered. */
  readonly verdicts: readonly OnceVerdict[];
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

/** A statement as drivers of every kind take it: text with $1, $2 and parameters as text. */
export type SqlStatement = readonly [text: string, params: readonly (string | null)[]];

export interface Turn {
  readonly workerId: string;
  /** New for every turn that claims; a repeat of the turn uses it again. */
  readonly claimId: string;
  /** Claim at most this many. 0: only heartbeat and settle. */
  readonly slots: number;
  readonly queues: readonly string[];
  /** Names of the jobs that can be run here. */
  readonly names: readonly string[];
  /** Those of them whose handlers have a hook. */
  readonly hooked: readonly string[];
  readonly settle: readonly Settlement[];
  /** A job with a longer time-out of its own cannot be run here. Milliseconds. */
  readonly fitsMs: number;
  /** Set aside jobs that cannot be run here. */
  readonly park: boolean;
  /** Whether this worker wants to be told of new jobs for as long as it claims fewer than it has slots for. Default: as before, at first not. */
  readonly listen?: boolean;
  /** What runs, as pairs of job and claim, to be told what of it is gone; null: not asked. */
  readonly holding: readonly (readonly [id: string, claimId: string])[] | null;
  /** As the reply of an earlier turn of this worker gave them, a few seconds ago at most; null: look at everything. */
  readonly marks: Marks | null;
  /** Sign the worker off when nothing was claimed and nothing runs. */
  readonly leave: boolean;
  readonly worker: WorkerInfo;
}

/** Where the next turn starts looking, past what dead rows have left in the indexes. Passed back as it is. */
export type Marks = string & { readonly marks: unique symbol };

/** What the worker's row tells of it. */
export interface WorkerInfo {
  readonly runtime: string;
  readonly host: string | null;
  /** When the platform ends this worker; ISO 8601. */
  readonly deadlineAt: string | null;
  /** The heartbeat is written once it is older than this. */
  readonly heartbeatMs: number;
}

export interface TurnReply {
  readonly jobs: readonly ClaimedJob[];
  /** The turn had been answered before; the reply was lost. */
  readonly replayed: boolean;
  /** What was not settled: `already` settled by an earlier copy of this turn, or `stale`: the claim is gone. */
  readonly verdicts: readonly { readonly id: string; readonly claimId: string; readonly verdict: "already" | "stale" }[];
  /** Jobs of this worker that an operator wants stopped. */
  readonly cancels: readonly string[];
  /** Those of `holding` that are no longer this worker's. */
  readonly gone: readonly string[];
  readonly marks: Marks;
  /** How many jobs were set aside. */
  readonly parked: number;
  /** There was a job that only other workers' locks kept from being claimed. */
  readonly busy: boolean;
  /** Milliseconds until the next scheduled job is due; negative: overdue; null: none is scheduled. */
  readonly nextDueMs: number | null;
}

export interface AnnouncedSchedule {
  readonly name: string;
  /** ISO 8601; null: never. */
  readonly nextAt: string | null;
  /** What makes it another one, for people too. */
  readonly definition: JsonValue;
}

/** A schedule to be fired. */
export interface Fire {
  readonly name: string;
  readonly fire: number;
  /** ISO 8601; null: never again. */
  readonly nextAt: string | null;
  /** False: its jobs are left out while the last one still lives. */
  readonly overlap: boolean;
  readonly jobs: readonly NewJob[];
}

/** A schedule that was fired, and what became of its jobs. */
export interface Fired {
  readonly name: string;
  readonly outcomes: readonly (EnqueueVerdict["outcome"] | "overlapped")[];
}

/** Which live jobs to list. */
export interface LiveJobsQuery {
  readonly name: string;
  /** Null: all of the name. */
  readonly key: string | null;
  /** Those that run, else those that wait. */
  readonly running: boolean;
  readonly most: number;
}

/** How long a verb may go on repeating itself after failures. */
export interface Patience {
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal;
}

/** What a producer asks of the queue. */
export interface ProducerStore {
  enqueue(jobs: readonly NewJob[], patience?: Patience): Promise<EnqueueVerdict[]>;
  /** The statement that enqueues these jobs in a transaction of the caller's own, and fails where one does not go in. */
  enqueueStatement(jobs: readonly NewJob[], allowBlocked: boolean): StatementTuple;
  /**
   * Runs a caller's transaction whose first statement is an `enqueueStatement`; repeats it when the reply is lost,
   * since that first statement refuses to happen twice.
   * @throws `unguarded_transaction` when the first statement is another one
   */
  transaction(statements: readonly SqlStatement[], patience?: Patience): Promise<TransactionResult>;
  /** Live jobs of each name and key, in order; key null: all of the name. */
  liveCounts(groups: readonly LiveGroup[], patience?: Patience): Promise<LiveCount[]>;
}

/**
 * The queue in a database. Every verb throws `DriverError` when the database cannot be asked, and
 * `schema_missing` when nothing has been migrated yet.
 */
export interface Store extends ProducerStore {
  /**
   * Enqueues for a request that may be repeated.
   * @throws `idempotency_key_reused` where its id was used with another digest
   */
  enqueueOnce(request: RequestKey, jobs: readonly (NewJob | SkippedJob)[], patience?: Patience): Promise<OnceReply>;
  liveJobs(query: LiveJobsQuery, patience?: Patience): Promise<LiveJob[]>;
  turn(turn: Turn, patience?: Patience): Promise<TurnReply>;
  look(look: Look, patience?: Patience): Promise<LookReply>;
  /** What the calls of this store have cost since it was made. Looks, and turns that sign off, tell the database. */
  cost(): Cost;
  job(id: string, patience?: Patience): Promise<JobStatus | undefined>;
  cancel(id: string, patience?: Patience): Promise<CancelOutcome>;
  /** Runs a finished job again as `newId`. */
  retry(id: string, newId: string, patience?: Patience): Promise<RetryResult>;
  /** Puts a deployment's schedules in force, unless a newer deployment's are. */
  announceSchedules(set: ScheduleSet, schedules: readonly AnnouncedSchedule[], patience?: Patience): Promise<"current" | "older">;
  /** Fires those whose number still holds; answers which these were. A repeat answers fewer. */
  fireSchedules(application: string, fires: readonly Fire[], patience?: Patience): Promise<Fired[]>;
}
