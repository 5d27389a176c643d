/**
 * The seam between the engine and the database: the queue's verbs, each one round trip, each safe to repeat.
 * Whatever the engine wants of Postgres is a verb here; SQL and rows stay below.
 * @module
 */
import type { ClaimedJob } from "../core/claimed-job.ts";
import type { JobStatus, StatementTuple, TransactionResult } from "../core/jobs-client.ts";
import type { NewJob } from "../core/new-job.ts";
import type { Settlement } from "../core/outcome.ts";

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
  readonly settle: readonly Settlement[];
  /** A job with a longer time-out of its own cannot be run here. Milliseconds. */
  readonly fitsMs: number;
  /** Set aside jobs that cannot be run here. */
  readonly park: boolean;
  /** Sign the worker off when nothing was claimed and nothing runs. */
  readonly leave: boolean;
  readonly worker: WorkerInfo;
}

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
  /** How many jobs were set aside. */
  readonly parked: number;
  /** Milliseconds until the next scheduled job is due; negative: overdue; null: none is scheduled. */
  readonly nextDueMs: number | null;
}

export interface Look {
  /** A worker silent for longer is dead. */
  readonly staleMs: number;
  /** Rescue at most this many attempts. */
  readonly most: number;
  readonly queues: readonly string[];
}

export interface LookReply {
  /** Attempts declared lost. */
  readonly lost: number;
  /** There may be more to rescue. */
  readonly more: boolean;
  /** A job waits in one of the queues. */
  readonly ready: boolean;
  readonly nextDueMs: number | null;
}

/** How long a verb may go on repeating itself after failures. */
export interface Patience {
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * The queue in a database. Every verb throws `DriverError` when the database cannot be asked, and
 * `schema_missing` when nothing has been migrated yet.
 */
export interface Store {
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
  turn(turn: Turn, patience?: Patience): Promise<TurnReply>;
  look(look: Look, patience?: Patience): Promise<LookReply>;
  job(id: string, patience?: Patience): Promise<JobStatus | undefined>;
}
