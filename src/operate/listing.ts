/**
 * Lists of jobs, results and workers, a page at a time.
 * @module
 */
import type { JobAttempt, LiveJob } from "../job/jobs-client.ts";
import type { DayUsage } from "./usage.ts";

/** What every list takes. */
export interface PageQuery {
  /** Items of a page, from 1 to 200. Default 50. */
  readonly limit?: number;
  /** As the page before answered it; of the same list with the same filters. */
  readonly cursor?: string;
}

/**
 * One page. Where no index serves a filter, a call reads a bounded number of rows only: a page may then be short, even
 * empty, and still have a cursor with which the next call goes on.
 */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; absent: this was the last one. */
  readonly cursor?: string;
  /** The call's row budget ran out before the page was full: the page goes down to this time; ISO 8601. */
  readonly scannedTo?: string;
}

/**
 * `waiting`: not running, whatever it waits for; `scheduled`: until its time; `throttled`: at its running limit; `parked`: no consumer of
 * its queue could run it.
 */
export type LiveState = "waiting" | "scheduled" | "ready" | "running" | "throttled" | "parked";

/**
 * Which live jobs. `running` lists by start, `scheduled` by when they are due, `ready` with a queue in the order in which they are
 * claimed, all else the newest first.
 */
export interface LiveQuery extends PageQuery {
  readonly state?: LiveState;
  readonly name?: string;
  readonly queue?: string;
  readonly concurrencyKey?: string;
  /** Those that run under this worker. */
  readonly workerId?: string;
  /** Those that this producer enqueued. */
  readonly createdBy?: string;
  /** Created at this time or later, and before the other; ISO 8601. */
  readonly since?: string;
  readonly until?: string;
}

/** A live job, as lists show it. Times are ISO 8601. */
export interface JobSummary extends LiveJob {
  readonly name: string;
  readonly expiresAt?: string;
  readonly cancelRequestedAt?: string;
  readonly workerId?: string;
  readonly createdBy?: string;
  readonly source?: string;
}

/** Which finished attempts, the latest first. */
export interface ResultsQuery extends PageQuery {
  readonly outcome?: JobAttempt["outcome"];
  readonly name?: string;
  readonly queue?: string;
  readonly concurrencyKey?: string;
  readonly workerId?: string;
  readonly createdBy?: string;
  /** Only those after which nothing follows: no retry of their own, and none by hand. */
  readonly final?: boolean;
  /** Only attempts after a job's first, and those of jobs that were made by a retry by hand. */
  readonly isRetry?: boolean;
  /** Finished at this time or later, and before the other; ISO 8601. */
  readonly since?: string;
  readonly until?: string;
}

/** A finished attempt, as lists show it. Times are ISO 8601. */
export interface ResultSummary {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly outcome: JobAttempt["outcome"];
  readonly priority: number;
  readonly attempt: number;
  readonly retries: number;
  readonly concurrencyKey?: string;
  readonly runAt: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt: string;
  /** When the job was to run again after it. */
  readonly retryAt?: string;
  /** The job that was made to run it once more, and the one that this job was made from. */
  readonly retriedAs?: string;
  readonly retryOf?: string;
  readonly workerId?: string;
  readonly createdBy?: string;
  readonly error?: { readonly name: string; readonly message: string };
}

/** Finished attempts by outcome, as far back as results are kept. */
export type FinishedCounts = Readonly<Record<JobAttempt["outcome"], number>>;

/** `alive`: heard of within the heartbeat's time-out; `stale`: silent for longer; `left`: it has signed off. */
export type WorkerState = "alive" | "stale" | "left";

/** Which workers, the latest first. */
export interface WorkersQuery extends PageQuery {
  readonly state?: WorkerState;
}

/** One life of a consumer. Times are ISO 8601. */
export interface WorkerStatus {
  readonly id: string;
  readonly state: WorkerState;
  readonly runtime?: string;
  readonly host?: string;
  readonly queues: readonly string[];
  readonly startedAt: string;
  readonly heartbeatAt: string;
  /** When its platform ends it. */
  readonly deadlineAt?: string;
  readonly leftAt?: string;
  /** Jobs that it holds; 1,000 means that many or more. */
  readonly running: number;
}

/** Where counting stops: this many means that many or more. */
export const COUNT_CAP = 10_000;

/** A queue as it stands. Counts stop at 10,000. */
export interface QueueStatus {
  readonly queue: string;
  /** ISO 8601; absent: it is not paused. */
  readonly pausedAt?: string;
  readonly ready: number;
  /** Of the job that has been ready for the longest. */
  readonly oldestMs?: number;
  readonly running: number;
  /** Of the 10,000 jobs that are due next: those of this queue. */
  readonly scheduled: number;
}

/** How far back an overview looks: the hour by minutes, the day by quarters of an hour, the week by hours. */
export type OverviewRange = "hour" | "day" | "week";

/** Attempts that finished in one step of time. */
export interface ThroughputPoint extends FinishedCounts {
  /** When the step begins; ISO 8601. */
  readonly at: string;
}

/** Milliseconds within which this share of the attempts stayed, to about a fifth. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface OverviewQuery {
  /** Default "hour". */
  readonly range?: OverviewRange;
  /** Throughput and durations of this queue only. */
  readonly queue?: string;
}

/** The queue at a glance. */
export interface Overview {
  /** The database's clock; ISO 8601. */
  readonly at: string;
  readonly stepMs: number;
  /** One point a step, also where nothing finished. */
  readonly throughput: readonly ThroughputPoint[];
  /** Of the attempts in it: those after a job's first. */
  readonly retries: number;
  /** From due to started, and from started to finished; absent: nothing ran. */
  readonly wait?: Percentiles;
  readonly run?: Percentiles;
  readonly queues: readonly QueueStatus[];
  /** There are more queues than these. */
  readonly moreQueues: boolean;
  readonly workers: { readonly alive: number; readonly stale: number };
  /** What the queue itself asked of the database in the last 24 hours. */
  readonly usage: DayUsage;
  /** Since a tick or a worker was last seen, in milliseconds; absent: none ever was. */
  readonly lastSeenMs?: number;
  /** For how long a scheduled job or a schedule has been due, in milliseconds; absent: none is. */
  readonly overdueMs?: number;
  /** Names of parked jobs; the first few. */
  readonly unknownNames: readonly string[];
}
