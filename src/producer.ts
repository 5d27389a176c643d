/**
 * For programs that only enqueue, and whose size counts: the same definitions, checks and errors, and nothing that runs or shows jobs.
 * @module
 */

export { createProducer, type Part, type Producer, type ProducerOptions } from "./app/create-producer.ts";
export type { MayflyEnvironment } from "./app/environment.ts";
export { batches, callSites, rules, transactions } from "./app/producer-parts.ts";
export type { Duration } from "./base/durations.ts";
export { type ErrorCode, isMayflyError, MayflyError, type Problem } from "./base/errors.ts";
export type { JsonValue } from "./base/json-value.ts";
export type { Limits } from "./enqueue/limits.ts";
export { type ExponentialDelay, type ExponentialOptions, exponential, type RetryDelay, type RetryDelayFunction } from "./job/backoff.ts";
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
  EnqueueOptions,
  EnqueueOutcome,
  EnqueueResult,
  ProducerClient,
  StatementTuple,
  TransactionResult,
} from "./job/jobs-client.ts";
export type { TransactionStatement } from "./job/transaction-statement.ts";
export type { CallOptions, Driver, Param, Row, Statement, TransactionOptions } from "./postgres/driver/driver.ts";
export { DriverError, type Failure } from "./postgres/driver/errors.ts";
export { type NeonClientOptions, type NeonQueryFunction, neonClient } from "./postgres/driver/neon-client.ts";
export { type NeonHttpOptions, neonHttp } from "./postgres/driver/neon-http.ts";
export { type PgOptions, type PgPool, pg } from "./postgres/driver/pg.ts";
export { type PostgresJs, type PostgresJsOptions, postgresJs } from "./postgres/driver/postgres-js.ts";
