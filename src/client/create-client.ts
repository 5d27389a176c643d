/**
 * The client: which route each method asks.
 * @module
 */
import { isMayflyError, MayflyError } from "../base/errors.ts";
import type { EnqueueResult } from "../job/jobs-client.ts";
import { jobBody } from "./job-body.ts";
import { senderTo } from "./send.ts";
import type { ClientEnqueueOptions, ClientOptions, MayflyClient, RequestOptions } from "./types.ts";

/** A client of the API at a URL. */
export function createClient(options: ClientOptions): MayflyClient {
  const send = senderTo(options);

  return {
    async enqueue(job: Parameters<typeof jobBody>[0], payload?: unknown, given: ClientEnqueueOptions = {}) {
      const { idempotencyKey, signal, ...own } = given;
      const body = jobBody(job, payload, own);
      return (await send("POST /v1/jobs", { body, ...once(idempotencyKey), ...until(signal) })) as EnqueueResult;
    },
    async enqueueMany(jobs, { idempotencyKey, signal } = {}) {
      if (!isBatch(jobs)) {
        throw new MayflyError(
          "invalid_options",
          "enqueueMany takes a list of [job, payload, options], and was given something else. Nothing was sent.",
        );
      }
      const body = { jobs: jobs.map((job) => jobBody(...job)) };
      const answer = await send("POST /v1/jobs", { body, ...once(idempotencyKey), ...until(signal) });
      return "jobs" in answer ? answer.jobs : [answer];
    },
    get: (id, more) => orElse(undefined, send("GET /v1/jobs/:id", { params: { id }, ...more })),
    async wake({ signal, ...body } = {}) {
      await send("POST /v1/wake", { body, ...until(signal) });
    },
    jobs: (query = {}, more) => send("GET /v1/jobs", { query, ...more }),
    results: (query = {}, more) => send("GET /v1/results", { query, ...more }),
    workers: (query = {}, more) => send("GET /v1/workers", { query, ...more }),
    queues: (query = {}, more) => send("GET /v1/queues", { query, ...more }),
    schedules: async (more) => (await send("GET /v1/schedules", { ...more })).items,
    stats: (more) => send("GET /v1/stats", { ...more }),
    overview: (query = {}, more) => send("GET /v1/overview", { query, ...more }),
    cancel: async (id, more) =>
      (await orElse({ outcome: "unknown" } as const, send("POST /v1/jobs/:id/cancel", { params: { id }, ...more }))).outcome,
    retry: (id, more) => orElse({ outcome: "unknown" } as const, send("POST /v1/jobs/:id/retry", { params: { id }, ...more })),
    retryMany: async (ids, more) => (await send("POST /v1/results/retry", { body: { ids }, ...more })).items,
    async pauseQueue(name, more) {
      await send("POST /v1/queues/:name/pause", { params: { name }, ...more });
    },
    async resumeQueue(name, more) {
      await send("POST /v1/queues/:name/resume", { params: { name }, ...more });
    },
    runSchedule: (name, { idempotencyKey, signal } = {}) =>
      send("POST /v1/schedules/:name/run", { params: { name }, ...once(idempotencyKey), ...until(signal) }),
    pauseSchedule: async (name, more) =>
      (await orElse({ paused: false }, send("POST /v1/schedules/:name/pause", { params: { name }, ...more }))).paused,
    resumeSchedule: async (name, more) =>
      !(await orElse({ paused: true }, send("POST /v1/schedules/:name/resume", { params: { name }, ...more }))).paused,
  };
}

function isBatch(jobs: unknown): jobs is readonly Parameters<typeof jobBody>[] {
  return Array.isArray(jobs) && jobs.every(Array.isArray);
}

/** The answer, or this where what was asked about is not there. */
async function orElse<Answer, Other>(other: Other, answer: Promise<Answer>): Promise<Answer | Other> {
  try {
    return await answer;
  } catch (error) {
    if (isMayflyError(error, "not_found")) return other;
    throw error;
  }
}

function once(key: string = crypto.randomUUID()): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { "idempotency-key": key } };
}

function until(signal: AbortSignal | undefined): RequestOptions {
  return signal ? { signal } : {};
}
