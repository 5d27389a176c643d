/**
 * The operator's side of the queue: what there is, what is wrong, and the levers.
 * @module
 */
import type { JsonValue } from "../base/json-value.ts";
import type { JobAttempt, RetryResult } from "../job/jobs-client.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type {
  FinishedCounts,
  JobSummary,
  LiveQuery,
  Overview,
  OverviewQuery,
  Page,
  PageQuery,
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
  /** At their running limit. */
  readonly throttled: number;
  /** No consumer that met them could run them. */
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
  readonly usage: DayUsage;
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

export interface PurgeOptions {
  /** Default: every queue. */
  readonly queue?: string;
  /** At most this many in one call, up to 10,000. Default 5,000. */
  readonly limit?: number;
}

export interface PurgeResult {
  /** Jobs that ended as cancelled, with the reason `PurgedError`. */
  readonly ended: number;
  /** Jobs that had ended before and waited for a hook, which is left out. */
  readonly removed: number;
}

export interface ClearResult {
  /** Partitions, of four days of jobs each, that were emptied. */
  readonly emptied: number;
  /** Jobs of younger partitions whose results were deleted one by one. Call again until there are none. */
  readonly deleted: number;
  /** Partitions that are due but could not be emptied just now, since somebody reads them. Call again. */
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
 * and `schema_missing` when nothing has been migrated yet. `stats` and `diagnose` read all that is there; the others a bounded part of it.
 */
export interface OperatorClient {
  stats(): Promise<Stats>;
  /** Looks in the database for what is wrong; `adviceOn` says what to do about it. */
  diagnose(): Promise<Diagnosis>;
  /** The queue at a glance: charts from counters, depths that stop at 10,000. */
  overview(query?: OverviewQuery): Promise<Overview>;
  /** The numbers of `GET /metrics`. */
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
  /** The queues that hold live jobs or are paused, by name. @throws as `jobs` */
  queues(query?: PageQuery): Promise<Page<QueueStatus>>;
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
   * Removes results that are older than this many days, from 1 to 30, and their jobs: those of partitions that are past as a whole at
   * once, of the others a slice of up to 10,000. Call again until it answers none. Default: the retention.
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
