/**
 * What the client of the HTTP API offers.
 * @module
 */

import type { Duration } from "../base/durations.ts";
import type { JsonValue } from "../base/json-value.ts";
import type { TraceHeaders } from "../base/trace-headers.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { CancelOutcome, EnqueueOptions, EnqueueResult, JobStatus, RetryResult } from "../job/jobs-client.ts";
import type {
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
} from "../operate/listing.ts";
import type { ScheduleStatus, Stats } from "../operate/operator-client.ts";

export interface ClientOptions {
  /** Where the API is: "https://queue.example", or "https://app.example/mayfly" where it is mounted under a path. */
  readonly url: string | URL;
  readonly token: string;
  /** Default: the platform's. Another Worker's, over a service binding: `(url, init) => env.QUEUE.fetch(url, init)`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface RequestOptions {
  /** Gives up, and repeats nothing more, when it aborts. */
  readonly signal?: AbortSignal;
}

/** What one job may say differently from its definition. */
export type ClientJobOptions = Omit<EnqueueOptions, "source" | "createdBy" | keyof TraceHeaders>;

/** Of a whole enqueue. */
export interface ClientEnqueueOptions extends RequestOptions {
  /** Of the request: a repeat with the same one is answered as the first time. Default: a random one for each call. */
  readonly idempotencyKey?: string;
}

/** A job of a batch: definition or name, payload, options. */
export type ClientBatchJob<Input> = readonly [job: JobDefinition<string, Input> | string, payload: Input, options?: ClientJobOptions];

/**
 * The API, as methods. A request that gets no answer, or 503, is repeated up to three times. Each method throws a
 * `MayflyError` with the code, message and problems of the API's answer and its `status`; `no_answer` where none came.
 */
export interface MayflyClient {
  /** Enqueues a job, once however often the request has to be repeated. The job is a definition, or a name that the API knows. */
  enqueue<Input>(
    job: JobDefinition<string, Input>,
    payload: NoInfer<Input>,
    options?: ClientJobOptions & ClientEnqueueOptions,
  ): Promise<EnqueueResult>;
  enqueue(job: string | JobDefinition<string, undefined>): Promise<EnqueueResult>;
  enqueue(job: string, payload?: JsonValue, options?: ClientJobOptions & ClientEnqueueOptions): Promise<EnqueueResult>;
  /** Enqueues up to 1,000 jobs; if one of them is wrong, none. */
  enqueueMany<const Inputs extends readonly unknown[]>(
    jobs: { readonly [Index in keyof Inputs]: ClientBatchJob<Inputs[Index]> },
    options?: ClientEnqueueOptions,
  ): Promise<readonly EnqueueResult[]>;
  /** A job and its finished attempts; undefined where there is none, or for a producer none of its own. */
  get(id: string, options?: RequestOptions): Promise<JobStatus | undefined>;
  /** Says that there are jobs that were put in by other means, such as SQL, due at once or after `delay`. Asks nothing of the database. */
  wake(options?: RequestOptions & { readonly delay?: Duration }): Promise<void>;
  /** Live jobs, a page of them; a producer's own. */
  jobs(query?: LiveQuery, options?: RequestOptions): Promise<Page<JobSummary>>;
  /** Finished attempts, the latest first; those of a producer's own jobs. */
  results(query?: ResultsQuery, options?: RequestOptions): Promise<Page<ResultSummary>>;

  // What follows takes an operator's token.
  workers(query?: WorkersQuery, options?: RequestOptions): Promise<Page<WorkerStatus>>;
  queues(query?: PageQuery, options?: RequestOptions): Promise<Page<QueueStatus>>;
  schedules(options?: RequestOptions): Promise<readonly ScheduleStatus[]>;
  stats(options?: RequestOptions): Promise<Stats>;
  overview(query?: OverviewQuery, options?: RequestOptions): Promise<Overview>;
  cancel(id: string, options?: RequestOptions): Promise<CancelOutcome>;
  /** Runs a finished job once more. A repeat after a lost answer is told `already`. */
  retry(id: string, options?: RequestOptions): Promise<RetryResult>;
  /** As `retry`, for up to 500; answers in the order of the ids. */
  retryMany(ids: readonly string[], options?: RequestOptions): Promise<readonly RetryResult[]>;
  pauseQueue(queue: string, options?: RequestOptions): Promise<void>;
  resumeQueue(queue: string, options?: RequestOptions): Promise<void>;
  /** Enqueues what a tick of the schedule would now, once however often the request has to be repeated. @throws `not_found` */
  runSchedule(name: string, options?: ClientEnqueueOptions): Promise<EnqueueResult>;
  /** False: there is no such schedule. */
  pauseSchedule(name: string, options?: RequestOptions): Promise<boolean>;
  /** False: there is no such schedule. */
  resumeSchedule(name: string, options?: RequestOptions): Promise<boolean>;
}
