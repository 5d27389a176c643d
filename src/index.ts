/**
 * Mayfly: a background-job queue for serverless and edge apps that needs nothing but Postgres.
 * @module
 */
export { type ExponentialDelay, type ExponentialOptions, exponential, type RetryDelay, type RetryDelayFunction } from "./core/backoff.ts";
export { type Command, type CommandOptions, command } from "./core/command.ts";
export type { MayflyOptions } from "./core/config.ts";
export { type DeferOptions, type Deferral, defer } from "./core/defer.ts";
export { examine, type Finding, type Severity } from "./core/doctor.ts";
export type { Duration } from "./core/durations.ts";
export { type ErrorCode, isMayflyError, MayflyError, type Problem } from "./core/errors.ts";
export type { Handler, Hook, HookContext, Hooks, JobContext, RunHandler } from "./core/handler.ts";
export { defineJob, type InferInput, type JobDefinition, type JobOptions, type Limit, type LiveJobs } from "./core/job-definition.ts";
export type {
  BatchJob,
  CancelOutcome,
  EnqueueOptions,
  EnqueueOutcome,
  EnqueueResult,
  JobAttempt,
  JobStatus,
  JobsClient,
  LiveJob,
  LiveJobsOptions,
  ProducerClient,
  RetryResult,
  StatementTuple,
  TransactionResult,
} from "./core/jobs-client.ts";
export type { JsonValue } from "./core/json-value.ts";
export type { Limits } from "./core/limits.ts";
export type { Logger } from "./core/logger.ts";
export type { Middleware, Next } from "./core/middleware.ts";
export type {
  ClearResult,
  DoctorReport,
  FinishedCounts,
  LiveCounts,
  OperatorClient,
  PurgeOptions,
  PurgeResult,
  QueueStats,
  ScheduleStatus,
  Stats,
} from "./core/operator-client.ts";
export {
  type MissedPolicy,
  type OverlapPolicy,
  type Schedule,
  type ScheduledJobOptions,
  type ScheduleEntry,
  type ScheduleOptions,
  schedule,
} from "./core/schedule.ts";
export type { CallOptions, Driver, Param, Row, Statement, TransactionOptions } from "./driver/driver.ts";
export { DriverError, type Failure } from "./driver/errors.ts";
export { neonHttp } from "./driver/neon-http.ts";
export { pg } from "./driver/pg.ts";
export { pglite } from "./driver/pglite.ts";
export { createMayfly, type InvocationContext, type Mayfly, type MayflyVariables } from "./mayfly/create-mayfly.ts";
export type { MayflyEnvironment } from "./mayfly/environment.ts";
