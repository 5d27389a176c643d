/**
 * Every route of the API: who may use it, what it takes, what it answers. Validation, `GET /openapi.json` and the client's types come from here.
 * @module
 */
import * as v from "valibot";
import type { Role } from "./auth.ts";
import { PROMETHEUS_TYPE } from "./prometheus.ts";
import { enqueueAnswer, enqueueBody, idempotencyKey } from "./schemas/enqueue.ts";
import { text } from "./schemas/fields.ts";
import { cancelResult, jobStatus, jobSummary, liveQuery, retryMany, retryResult } from "./schemas/job.ts";
import { ledgerAnswer, ledgerBody } from "./schemas/ledger.ts";
import { listOf, pageOf } from "./schemas/page.ts";
import { paused, queueStatus, queuesQuery } from "./schemas/queue.ts";
import { resultSummary, resultsQuery } from "./schemas/result.ts";
import { scheduleStatus } from "./schemas/schedule.ts";
import { overview, overviewQuery, stats, tickResult } from "./schemas/stats.ts";
import { wakeAnswer, wakeBody } from "./schemas/wake.ts";
import { workerStatus, workersQuery } from "./schemas/worker.ts";

type Fields = v.StrictObjectSchema<v.ObjectEntries, undefined>;

export interface Route {
  /** Its name in the OpenAPI document. */
  readonly operation: string;
  readonly summary: string;
  /** Whose tokens it takes. Absent: it needs none. */
  readonly roles?: readonly Role[];
  readonly params?: Fields;
  readonly query?: Fields;
  readonly headers?: Readonly<Record<string, v.GenericSchema<string>>>;
  readonly body?: v.GenericSchema;
  /** What a request without a body is taken for. Absent: it has to have one. */
  readonly noBody?: object;
  /** It does something, so HEAD, which browsers and scanners send at will, is not taken for GET. */
  readonly acts?: boolean;
  /** The body is checked where the jobs of every producer are, with their definitions. */
  readonly checksBody?: boolean;
  readonly answer: v.GenericSchema;
  /** How the answer is written. Absent: as JSON. */
  readonly media?: string;
  /** Besides 200. */
  readonly created?: boolean;
}

const producers = ["producer", "operator"] as const;
const operators = ["operator"] as const;
const schedulers = ["scheduler", "operator"] as const;

// What no id can be is an id that no job has: it is told as not found, like any other.
const id = v.strictObject({ id: v.pipe(v.string(), v.description("A UUID.")) });
const name = v.strictObject({ name: text });

/** By method and path. */
export const routes = {
  "GET /healthz": { operation: "health", summary: "Whether the process answers", answer: v.object({ status: v.literal("ok") }) },
  "GET /openapi.json": {
    operation: "describe",
    summary: "This document",
    answer: v.record(v.string(), v.unknown()),
  },
  "GET /metrics": {
    operation: "metrics",
    summary: "What a monitoring system scrapes, in Prometheus's text format",
    roles: operators,
    answer: v.string(),
    media: PROMETHEUS_TYPE,
  },
  "POST /v1/jobs": {
    operation: "enqueue",
    summary: "Enqueue a job, or up to 1,000. Under an Idempotency-Key a repeat is answered as the first time",
    roles: producers,
    headers: { "Idempotency-Key": idempotencyKey },
    body: enqueueBody,
    checksBody: true,
    answer: enqueueAnswer,
    created: true,
  },
  "GET /v1/jobs": {
    operation: "listJobs",
    summary: "Live jobs, a page of them; a producer sees its own",
    roles: producers,
    query: liveQuery,
    answer: pageOf(jobSummary),
  },
  "GET /v1/jobs/:id": {
    operation: "getJob",
    summary: "A job and its finished attempts; a producer sees its own",
    roles: producers,
    params: id,
    answer: jobStatus,
  },
  "POST /v1/jobs/:id/cancel": {
    operation: "cancelJob",
    summary: "Cancel a job for good: a waiting one at once, a running one through its signal",
    roles: operators,
    params: id,
    answer: cancelResult,
  },
  "POST /v1/jobs/:id/retry": {
    operation: "retryJob",
    summary: "Run a finished job once more, as a new job; once for each",
    roles: operators,
    params: id,
    answer: retryResult,
  },
  "GET /v1/results": {
    operation: "listResults",
    summary: "Finished attempts, the latest first; a producer sees those of its own jobs",
    roles: producers,
    query: resultsQuery,
    answer: pageOf(resultSummary),
  },
  "POST /v1/results/retry": {
    operation: "retryJobs",
    summary: "Run up to 500 finished jobs once more; answers in the order of the ids",
    roles: operators,
    body: retryMany,
    answer: listOf(retryResult),
  },
  "GET /v1/workers": {
    operation: "listWorkers",
    summary: "Workers, the latest first",
    roles: operators,
    query: workersQuery,
    answer: pageOf(workerStatus),
  },
  "GET /v1/queues": {
    operation: "listQueues",
    summary: "Queues that hold live jobs or are paused, by name, a page of them",
    roles: operators,
    query: queuesQuery,
    answer: pageOf(queueStatus),
  },
  "POST /v1/queues/:name/pause": {
    operation: "pauseQueue",
    summary: "Claim nothing more of the queue; what runs goes on",
    roles: operators,
    params: name,
    answer: paused,
  },
  "POST /v1/queues/:name/resume": {
    operation: "resumeQueue",
    summary: "End the queue's pause",
    roles: operators,
    params: name,
    answer: paused,
  },
  "GET /v1/schedules": {
    operation: "listSchedules",
    summary: "Schedules, as the database has them",
    roles: operators,
    answer: listOf(scheduleStatus),
  },
  "POST /v1/schedules/:name/run": {
    operation: "runSchedule",
    summary:
      "Enqueue what a tick of the schedule would now; its ticks, and a pause, stay as they are. Under an Idempotency-Key as POST /v1/jobs",
    roles: operators,
    params: name,
    headers: { "Idempotency-Key": idempotencyKey },
    answer: enqueueAnswer.options[0],
    created: true,
  },
  "POST /v1/schedules/:name/pause": {
    operation: "pauseSchedule",
    summary: "Enqueue nothing more for the schedule",
    roles: operators,
    params: name,
    answer: paused,
  },
  "POST /v1/schedules/:name/resume": {
    operation: "resumeSchedule",
    summary: "End the schedule's pause; ticks that passed meanwhile do not count",
    roles: operators,
    params: name,
    answer: paused,
  },
  "GET /v1/stats": {
    operation: "stats",
    summary: "Live jobs and finished attempts by queue; reads all there is",
    roles: operators,
    answer: stats,
  },
  "GET /v1/overview": {
    operation: "overview",
    summary: "The queue at a glance: throughput, durations, depths",
    roles: operators,
    query: overviewQuery,
    answer: overview,
  },
  "POST /v1/wake": {
    operation: "wake",
    summary: "Say that there are jobs that were put in by other means, such as SQL. Asks nothing of the database",
    roles: producers,
    body: wakeBody,
    noBody: {},
    answer: wakeAnswer,
  },
  "POST /v1/ledger": {
    operation: "tellLedger",
    summary: "The wake ledger, for consumers that live elsewhere; 404 where the program has none",
    roles: schedulers,
    body: ledgerBody,
    answer: ledgerAnswer,
  },
  "POST /v1/tick": {
    operation: "tick",
    summary: "Run a tick; 404 where the program has no handlers",
    roles: schedulers,
    answer: tickResult,
  },
  "GET /v1/tick": {
    operation: "tickByGet",
    summary: "Run a tick, for schedulers that only send GET; HEAD is refused",
    roles: schedulers,
    acts: true,
    answer: tickResult,
  },
} as const satisfies Readonly<Record<`${"GET" | "POST"} /${string}`, Route>>;

export type Routes = typeof routes;
/** A method and a path. */
export type RouteKey = keyof Routes;

/** The table as one that may be walked. */
export const routeList: readonly (Route & { readonly key: RouteKey; readonly method: string; readonly path: string })[] = Object.entries(
  routes,
).map(([key, route]) => {
  const [method = "", path = ""] = key.split(" ");
  return { ...route, key: key as RouteKey, method, path };
});
