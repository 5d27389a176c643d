/**
 * For programs that only enqueue, and whose size counts: the same definitions, checks and errors, and nothing that runs or shows jobs.
 * @module
 */
export { type ExponentialDelay, type ExponentialOptions, exponential, type RetryDelay, type RetryDelayFunction } from "./core/backoff.ts";
export type { Duration } from "./core/durations.ts";
export { type ErrorCode, isMayflyError, MayflyError, type Problem } from "./core/errors.ts";
export { defineJob, type InferInput, type JobDefinition, type JobOptions, type Limit, type LiveJobs } from "./core/job-definition.ts";
export type {
  BatchJob,
  EnqueueOptions,
  EnqueueOutcome,
  EnqueueResult,
  ProducerClient,
  StatementTuple,
  TransactionResult,
} from "./core/jobs-client.ts";
export type { JsonValue } from "./core/json-value.ts";
export type { Limits } from "./core/limits.ts";
export type { CallOptions, Driver, Param, Row, Statement, TransactionOptions } from "./driver/driver.ts";
export { DriverError, type Failure } from "./driver/errors.ts";
export { neonHttp } from "./driver/neon-http.ts";
export { pg } from "./driver/pg.ts";
export { createProducer, type Producer, type ProducerOptions } from "./mayfly/create-producer.ts";
export type { MayflyEnvironment } from "./mayfly/environment.ts";
