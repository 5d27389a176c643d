/**
 * Mayfly: a background-job queue for serverless and edge apps that needs nothing but Postgres.
 * @module
 */

export type { MayflyOptions } from "./app/config.ts";
export { createMayfly, type InvocationContext, type Mayfly, type MayflyVariables } from "./app/create-mayfly.ts";
export type { MayflyEnvironment } from "./app/environment.ts";
export type { Duration } from "./base/durations.ts";
export { type ErrorCode, isMayflyError, MayflyError, type Problem } from "./base/errors.ts";
export type { GivenLogger } from "./base/given-logger.ts";
export type { JsonValue } from "./base/json-value.ts";
export type { Logger } from "./base/logger.ts";
export type { Limits } from "./enqueue/limits.ts";
export { type ExponentialDelay, type ExponentialOptions, exponential, type RetryDelay, type RetryDelayFunction } from "./job/backoff.ts";
export { type DeferOptions, type Deferral, defer } from "./job/defer.ts";
export type { Handler, Hook, HookContext, Hooks, JobContext, RunHandler } from "./job/handler.ts";
export {
  type AnyPayload,
  defineJob,
  type InferInput,
  type JobDefinition,
  type JobOptions,
  type Limit,
  type LiveJobs,
} from "./job/job-definition.ts";
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
  WaitReason,
} from "./job/jobs-client.ts";
export type { Middleware, Next } from "./job/middleware.ts";
export type { TransactionStatement } from "./job/transaction-statement.ts";
export { type Advice, adviceOn, type Severity } from "./operate/advice.ts";
export type { Diagnosis } from "./operate/diagnosis.ts";
export type { LedgerFacts } from "./operate/ledger-facts.ts";
export type { FinishedCounts } from "./operate/listing.ts";
export type {
  ClearResult,
  LiveCounts,
  OperatorClient,
  PurgeOptions,
  PurgeResult,
  QueueStats,
  ScheduleStatus,
  Stats,
} from "./operate/operator-client.ts";
export type { CallOptions, Driver, Param, Row, Statement, TransactionOptions } from "./postgres/driver/driver.ts";
export { DriverError, type Failure } from "./postgres/driver/errors.ts";
export { type NeonClientOptions, type NeonQueryFunction, neonClient } from "./postgres/driver/neon-client.ts";
export { type NeonHttpOptions, neonHttp } from "./postgres/driver/neon-http.ts";
export { type PgOptions, type PgPool, pg } from "./postgres/driver/pg.ts";
export { pglite } from "./postgres/driver/pglite.ts";
export { type PostgresJs, type PostgresJsOptions, postgresJs } from "./postgres/driver/postgres-js.ts";
export { type Command, type CommandOptions, command } from "./schedule/command.ts";
export {
  type MissedPolicy,
  type OverlapPolicy,
  type Schedule,
  type ScheduledJobOptions,
  type ScheduleEntry,
  type ScheduleOptions,
  schedule,
} from "./schedule/schedule.ts";
