/**
 * The client of the HTTP API, for programs that have a token and no database: `mayfly/client`.
 * @module
 */
export { isMayflyError, MayflyError } from "../base/errors.ts";
export type { CancelOutcome, EnqueueResult, JobStatus, RetryResult } from "../job/jobs-client.ts";
export type {
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
} from "../operate/listing.ts";
export type { ScheduleStatus, Stats } from "../operate/operator-client.ts";
export { createClient } from "./create-client.ts";
export type { ClientBatchJob, ClientEnqueueOptions, ClientJobOptions, ClientOptions, MayflyClient, RequestOptions } from "./types.ts";
