/**
 * From the engine's plain data to parameters in Postgres's text format.
 * @module
 */
import { isSameTrace } from "../base/trace-headers.ts";
import type { Usage } from "../operate/usage.ts";
import type { NewJob } from "../store/new-job.ts";
import type { Settlement } from "../store/settlement.ts";
import type { Fire, SkippedJob } from "../store/store.ts";

/** An array literal: `{"a","b"}`. */
export function encodeArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/[\\"]/g, "\\$&")}"`).join(",")}}`;
}

/** The jobs as `mayfly.enqueue_v1` takes them. */
export function encodeNewJobs(jobs: readonly NewJob[]): string {
  return `[${jobs.map(encodeNewJob).join(",")}]`;
}

/** The jobs as `mayfly.enqueue_once_v1` takes them. */
export function encodeRequest(jobs: readonly (NewJob | SkippedJob)[]): string {
  return `[${jobs.map((job) => ("skipped" in job ? JSON.stringify(job) : encodeNewJob(job))).join(",")}]`;
}

/** As `mayfly.record_usage` takes it. */
export function encodeUsage({ roundTrips, jobs, bytes, ms }: Usage) {
  return { round_trips: roundTrips, jobs, bytes, ms };
}

/** Schedules to be fired, as `mayfly.fire_v1` takes them. */
export function encodeFires(fires: readonly Fire[]): string {
  return `[${fires.map(encodeFire).join(",")}]`;
}

/** What all jobs of a call of `mayfly.enqueue_group_v1` share, as it takes it; null: they have to go through `mayfly.enqueue_v1`. */
export function encodeKind(jobs: readonly NewJob[]): string | null {
  const [first] = jobs;
  return first && jobs.every((job) => isPlain(job) && isAlike(job, first)) ? encodeKindOf(first) : null;
}

/** As `mayfly.enqueue_one_v1` takes it; null: the job has to go through `mayfly.enqueue_v1`. */
export function encodeKindOf(job: NewJob): string | null {
  return isPlain(job) ? JSON.stringify(kindOf(job)) : null;
}

/** What jobs of a kind have in common, as `mayfly.enqueue_v1` takes it. */
function kindOf(job: NewJob) {
  return {
    name: job.name,
    queue: job.queue,
    priority: job.priority,
    retries: job.retries,
    timeout_ms: job.timeoutMs ?? undefined,
    idempotent: job.idempotent || undefined,
    source: job.source ?? undefined,
    created_by: job.createdBy ?? undefined,
    ...job.trace,
  };
}

/** What a job has that is not due at once, or has a key, a limit or an expiry, as `mayfly.enqueue_v1` takes it. */
function detailsOf(job: NewJob) {
  return {
    delay_ms: job.delayMs ?? undefined,
    run_at: job.runAt ?? undefined,
    within_ms: (job.delayMs === null && job.runAt === null ? null : job.withinMs) ?? undefined,
    expires_ms: job.expiresMs ?? undefined,
    expires_at: job.expiresAt ?? undefined,
    key: job.key ?? undefined,
    limit: job.limit ?? undefined,
    expect: job.expect ?? undefined,
    running_limit: job.runningLimit ?? undefined,
  };
}

/** Due at once, without key, limit or expiry. Asked of each job of a batch, so it makes no object. */
function isPlain(job: NewJob): boolean {
  return (
    job.key === null &&
    job.limit === null &&
    job.runningLimit === null &&
    job.expect === null &&
    job.delayMs === null &&
    job.runAt === null &&
    job.expiresMs === null &&
    job.expiresAt === null
  );
}

function isAlike(a: NewJob, b: NewJob): boolean {
  return (
    a.name === b.name &&
    a.queue === b.queue &&
    a.priority === b.priority &&
    a.retries === b.retries &&
    a.timeoutMs === b.timeoutMs &&
    a.idempotent === b.idempotent &&
    a.source === b.source &&
    a.createdBy === b.createdBy &&
    isSameTrace(a.trace, b.trace)
  );
}

function encodeFire({ name, fireCount, nextAt, overlap, jobs }: Fire): string {
  return withJson({ name, fire_count: fireCount, next_at: nextAt, overlap }, "jobs", encodeNewJobs(jobs));
}

function encodeNewJob(job: NewJob): string {
  return withJson({ id: job.id, ...kindOf(job), ...detailsOf(job) }, "payload", job.payloadJson);
}

/** An object that is not empty as JSON, with one more property that is JSON already. */
function withJson(fields: object, name: string, json: string): string {
  return `${JSON.stringify(fields).slice(0, -1)},"${name}":${json}}`;
}

/** Settlements as `mayfly.turn_v1` takes them: plain successes by claim, in three arrays, which cost the least, the rest as JSON. */
export function encodeSettlements(settle: readonly Settlement[]): {
  readonly done: string;
  readonly doneClaims: string;
  readonly doneCounts: string;
  readonly settled: string | null;
} {
  const done = new Map<string, string[]>();
  const rest: Settlement[] = [];
  for (const one of settle) {
    if (one.outcome !== "successful" || one.output !== undefined) {
      rest.push(one);
      continue;
    }
    const ids = done.get(one.claimId);
    if (ids) ids.push(one.id);
    else done.set(one.claimId, [one.id]);
  }
  const lists = [...done.values()];
  return {
    done: `{${lists.map((ids) => ids.join(",")).join(",")}}`,
    doneClaims: `{${[...done.keys()].join(",")}}`,
    doneCounts: `{${lists.map((ids) => ids.length).join(",")}}`,
    settled: rest.length === 0 ? null : JSON.stringify(rest.map(encodeSettlement)),
  };
}

function encodeSettlement(one: Settlement) {
  return {
    id: one.id,
    claim_id: one.claimId,
    outcome: one.outcome,
    has_hook: one.hasHook,
    retry_in_ms: one.retryInMs,
    counts_as_attempt: one.countsAsAttempt,
    error: one.error,
    output: one.output,
  };
}
