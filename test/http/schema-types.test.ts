/**
 * The schemas say what the types of the core say: neither has a field that the other lacks.
 * @module
 */
import { test } from "node:test";
import type * as v from "valibot";
import type { JsonValue } from "../../src/base/json-value.ts";
import type { ProblemDetails } from "../../src/http/problem.ts";
import type { Answer, Query } from "../../src/http/route-types.ts";
import type { enqueueJob, enqueueResult } from "../../src/http/schemas/enqueue.ts";
import type { problem } from "../../src/http/schemas/problem.ts";
import type { EnqueueOptions, EnqueueResult, JobStatus, RetryResult } from "../../src/job/jobs-client.ts";
import type {
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
} from "../../src/operate/listing.ts";
import type { ScheduleStatus, Stats } from "../../src/operate/operator-client.ts";
import type { TickReport } from "../../src/worker/tick.ts";

/** Field by field, so that it does not matter how a type was put together. */
type Plain<T> = JsonValue extends T
  ? "json"
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Plain<T[Key]> }
      : T;

type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2
    ? true
    : { readonly schema: Plain<A>; readonly core: Plain<B> };

type Item<List> = List extends { readonly items: readonly (infer One)[] } ? One : never;

/** Every one of them has to be true for this to compile. */
const agreed: {
  readonly jobStatus: Same<Answer<"GET /v1/jobs/:id">, JobStatus>;
  readonly jobs: Same<Answer<"GET /v1/jobs">, Page<JobSummary>>;
  readonly liveQuery: Same<Query<"GET /v1/jobs">, LiveQuery>;
  readonly results: Same<Answer<"GET /v1/results">, Page<ResultSummary>>;
  readonly resultsQuery: Same<Query<"GET /v1/results">, ResultsQuery>;
  readonly workers: Same<Answer<"GET /v1/workers">, Page<WorkerStatus>>;
  readonly workersQuery: Same<Query<"GET /v1/workers">, WorkersQuery>;
  readonly queue: Same<Item<Answer<"GET /v1/queues">>, QueueStatus>;
  readonly schedule: Same<Item<Answer<"GET /v1/schedules">>, ScheduleStatus>;
  readonly stats: Same<Answer<"GET /v1/stats">, Stats>;
  readonly overview: Same<Answer<"GET /v1/overview">, Overview>;
  readonly overviewQuery: Same<Query<"GET /v1/overview">, OverviewQuery>;
  readonly retry: Same<Answer<"POST /v1/jobs/:id/retry">, RetryResult>;
  readonly enqueueResult: Same<v.InferOutput<typeof enqueueResult>, EnqueueResult>;
  readonly tick: Same<Answer<"POST /v1/tick">, TickReport>;
  readonly options: Same<
    Exclude<keyof v.InferOutput<typeof enqueueJob>, "name" | "payload" | "runAt" | "expiresAt">,
    Exclude<keyof EnqueueOptions, "source" | "createdBy" | "traceparent" | "tracestate">
  >;
  readonly problem: Same<Omit<v.InferOutput<typeof problem>, "code">, Omit<ProblemDetails, "code">>;
} = {
  jobStatus: true,
  jobs: true,
  liveQuery: true,
  results: true,
  resultsQuery: true,
  workers: true,
  workersQuery: true,
  queue: true,
  schedule: true,
  stats: true,
  overview: true,
  overviewQuery: true,
  retry: true,
  enqueueResult: true,
  tick: true,
  options: true,
  problem: true,
};

test("the compiler has compared every schema with its type", (t) => t.assert.ok(Object.values(agreed).every((one) => one === true)));
