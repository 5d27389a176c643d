/**
 * From the engine's plain data to parameters in Postgres's text format.
 * @module
 */
import type { Cost } from "../operate/cost.ts";
import type { NewJob } from "../store/new-job.ts";
import type { Settlement } from "../store/settlement.ts";
import type { Fire, SkippedJob } from "../store/store.ts";

/** An array literal: `{"a","b"}`. */
export function encodeArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/[\\"]/g, "\\$&")}"`).join(",")}}`;
}

/** The jobs as `mayfly.enqueue_v1` takes them. */
export function encodeNewJobs(jobs: readonly NewJob[]): string {
  return JSON.stringify(jobs.map(toEnqueueInput));
}

/** The jobs as `mayfly.enqueue_once_v1` takes them. */
export function encodeRequest(jobs: readonly (NewJob | SkippedJob)[]): string {
  return JSON.stringify(jobs.map((job) => ("skipped" in job ? job : toEnqueueInput(job))));
}

/** As `mayfly.note_cost` takes it. */
export function encodeCost({ roundTrips, jobs, bytes, ms }: Cost) {
  return { round_trips: roundTrips, jobs, bytes, ms };
}

/** Schedules to be fired, as `mayfly.fire_v1` takes them. */
export function encodeFires(fires: readonly Fire[]): string {
  return JSON.stringify(
    fires.map(({ name, fire, nextAt, overlap, jobs }) => ({ name, fire, next_at: nextAt, overlap, jobs: jobs.map(toEnqueueInput) })),
  );
}

function toEnqueueInput(job: NewJob) {
  return {
    id: job.id,
    name: job.name,
    queue: job.queue,
    priority: job.priority,
    retries: job.retries,
    timeout_ms: job.timeoutMs ?? undefined,
    delay_ms: job.delayMs ?? undefined,
    run_at: job.runAt ?? undefined,
    expires_ms: job.expiresMs ?? undefined,
    expires_at: job.expiresAt ?? undefined,
    idempotent: job.idempotent || undefined,
    key: job.key ?? undefined,
    limit: job.limit ?? undefined,
    expect: job.expect ?? undefined,
    running_limit: job.runningLimit ?? undefined,
    created_by: job.createdBy ?? undefined,
    source: job.source ?? undefined,
    traceparent: job.traceparent ?? undefined,
    tracestate: job.tracestate ?? undefined,
    payload: job.payload,
  };
}

/** Settlements as `mayfly.turn_v1` takes them: plain successes as two arrays, which cost the least, the rest as JSON. */
export function encodeSettlements(settle: readonly Settlement[]): {
  done: string;
  doneClaims: string;
  settled: string | null;
} {
  const done: Settlement[] = [];
  const rest: Settlement[] = [];
  for (const one of settle) {
    const plain = one.outcome === "successful" && one.againMs === null && one.output === undefined;
    (plain ? done : rest).push(one);
  }
  return {
    done: `{${done.map((one) => one.id).join(",")}}`,
    doneClaims: `{${done.map((one) => one.claimId).join(",")}}`,
    settled: rest.length === 0 ? null : JSON.stringify(rest.map(encodeSettlement)),
  };
}

function encodeSettlement(one: Settlement) {
  return {
    id: one.id,
    claim_id: one.claimId,
    outcome: one.outcome,
    hook: one.hook,
    again_ms: one.againMs,
    charge: one.charge,
    error: one.error,
    output: one.output,
  };
}
