/**
 * The operator's side of the queue: what there is, what is wrong, and the levers.
 * @module
 */
import type { JsonValue } from "../base/json-value.ts";
import type { JobAttempt, RetryResult } from "../job/jobs-client.ts";
import type {
  FinishedCounts,
  JobSummary,
  LiveQuery,
  Overview,
  OverviewQuery,
  Page,
  QueueStatus,
  ResultSummary,
  ResultsQuery,
  WorkerStatus,
  WorkersQuery,
} from "./listing.ts";
import type { SignIns } from "./sign-ins.ts";
import type { DayUsage } from "./usage.ts";

/** Live jobs by where they stand; each counts once. */
export interface LiveCounts {
  readonly ready: number;
  /** For later, retries included. */
  readonly scheduled: number;
  readonly running: number;
  /** Waiting at a running limit. */
  readonly held: number;
  /** Set aside: no consumer that met them could run them. */
  readonly parked: number;
  /** Ended, with a hook still to run. */
  readonly hooks: number;
}

/** A queue that has jobs, results or a pause. */
export interface QueueStats extends LiveCounts, FinishedCounts {
  readonly queue: string;
  /** ISO 8601; absent: it is not paused. */
  readonly pausedAt?: string;
}

export interface Stats {
  readonly queues: readonly QueueStats[];
  readonly workers: {
    /** Heard of within the heartbeat's time-out. */
    readonly alive: number;
    /** Silent for longer, and not signed off. */
    readonly stale: number;
  };
  /** What the queue itself asked of the database in the last 24 hours. */
  readonly cost: DayUsage;
}

/** Attempts ever finished in one way: numbers that only grow, whatever has been removed meanwhile. */
export interface AttemptTotals {
  readonly queue: string;
  readonly outcome: JobAttempt["outcome"];
  readonly attempts: number;
  /** Of these, those after a job's first. */
  readonly retries: number;
}

/** What a monitoring system scrapes. */
export interface MetricsSnapshot extends Omit<Stats, "queues"> {
  /** Counts stop at 100,000. */
  readonly queues: readonly QueueStatus[];
  readonly attempts: readonly AttemptTotals[];
  /** Since a tick or a worker was last seen; absent: none ever was. */
  readonly lastSeenMs?: number;
}

/** What an examination found, as numbers; `examine` makes sentences of it. Lists hold the worst few. Ages are in milliseconds. */
export interface DoctorReport {
  readonly schema: {
    readonly version: number;
    /** The version that this program is written for. */
    readonly known: number;
    /** A migration beyond it stops this program. */
    readonly tooNew: boolean;
  };
  /** Since a tick or a worker was last seen; null: none ever was. */
  readonly lastSeenMs: number | null;
  /** Queues with ready jobs. */
  readonly ready: readonly { readonly queue: string; readonly paused: boolean; readonly jobs: number; readonly waitingMs: number }[];
  readonly staleWorkers: readonly {
    readonly id: string;
    readonly runtime: string;
    readonly silentMs: number;
    /** Jobs that it holds. */
    readonly running: number;
  }[];
  readonly parked: readonly { readonly name: string; readonly jobs: number; readonly waitingMs: number }[];
  /** Running limits that have room, and jobs held all the same. */
  readonly held: readonly {
    readonly name: string;
    readonly key?: string;
    readonly held: number;
    readonly running: number;
    readonly limit: number;
  }[];
  readonly resultSlots: {
    /** Days of results there are, of 32. */
    readonly used: number;
    /** Those of them that have fallen out of retention. */
    readonly past: number;
  };
  readonly deadRows: readonly { readonly table: string; readonly live: number; readonly dead: number }[];
  /** The longest open one of others in this database; absent: there is none, or this role may not see it. */
  readonly longestTransaction?: { readonly ageMs: number; readonly application: string; readonly state: string };
}

export interface PurgeOptions {
  /** Default: every queue. */
  readonly queue?: string;
  /** At most this many in one call, up to 10,000. Default 5,000. */
  readonly most?: number;
}

export interface PurgeResult {
  /** Jobs that ended as cancelled, with the reason `PurgedError`. */
  readonly ended: number;
  /** Jobs that had ended before and waited for a hook, which is left out. */
  readonly removed: number;
}

export interface ClearResult {
  /** Days of results that were removed. */
  readonly emptied: number;
  /** Days that somebody was reading just now. Call again. */
  readonly kept: number;
}

/** A schedule as the database has it. Times are ISO 8601. */
export interface ScheduleStatus {
  readonly application: string;
  readonly name: string;
  /** Absent: never again. */
  readonly nextAt?: string;
  readonly lastAt?: string;
  readonly lastJobId?: string;
  readonly pausedAt?: string;
  /** What its deployment announced of it. */
  readonly definition: JsonValue;
}

/**
 * The operator's client. Each method is one round trip and may be repeated; each throws `DriverError` when the database cannot be asked,
 * and `schema_missing` when nothing has been migrated yet. `stats` and `doctor` read all that is there; the others a bounded part of it.
 */
export interface OperatorClient {
  stats(): Promise<Stats>;
  /** Examines the queue's database. */
  doctor(): Promise<DoctorReport>;
  /** The queue at a glance: charts from counters, depths that stop at 10,000. */
  overview(query?: OverviewQuery): Promise<Overview>;
  /** What `GET /metrics` tells. */
  metrics(): Promise<MetricsSnapshot>;
  /**
   * Live jobs, a page of them.
   * @throws `invalid_options` for a bound that is out of range, or a cursor of something else
   */
  jobs(query?: LiveQuery): Promise<Page<JobSummary>>;
  /** Finished attempts, the latest first. @throws as `jobs` */
  results(query?: ResultsQuery): Promise<Page<ResultSummary>>;
  /** @throws as `jobs` */
  workers(query?: WorkersQuery): Promise<Page<WorkerStatus>>;
  /** The queues that hold live jobs or are paused, by name; the first 500. */
  queues(): Promise<QueueStatus[]>;
  /**
   * Runs finished jobs once more, up to 500, each as `jobs.retry` does. Answers in the order of the ids.
   * @throws `invalid_options`
   */
  retryMany(ids: readonly string[]): Promise<RetryResult[]>;
  /**
   * Ends a slice of the live jobs as cancelled, without their hooks; running ones too, whose handlers' signals abort within a heartbeat.
   * Call again until it answers none.
   * @throws `invalid_options`
   */
  purge(options?: PurgeOptions): Promise<PurgeResult>;
  /**
   * Removes results from before this many days, from 1 to 30. The day that has begun is kept. Default: the retention.
   * @throws `invalid_options`
   */
  clear(days?: number): Promise<ClearResult>;
  /** Nothing more of the queue is claimed; what runs goes on. */
  pauseQueue(queue: string): Promise<void>;
  resumeQueue(queue: string): Promise<void>;
  /** The schedule enqueues nothing more. False: there is no such schedule. */
  pauseSchedule(application: string, name: string): Promise<boolean>;
  /** Ticks that passed meanwhile do not count. False: there is no such schedule. */
  resumeSchedule(application: string, name: string): Promise<boolean>;
  schedules(): Promise<ScheduleStatus[]>;
  /** Of operators on the dashboard. */
  readonly signIns: SignIns;
}
