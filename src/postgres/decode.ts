/**
 * From rows of text to the engine's plain data.
 * @module
 */
import type { LiveJob, RetryResult } from "../job/jobs-client.ts";
import type { EnqueueReply, Fired, LiveCount, OnceReply } from "../store/store.ts";
import type { MaintainReply, TickReply } from "../store/tick.ts";
import type { Row } from "./driver/driver.ts";

/** Those of the jobs that did not go in, by their place in the list. */
export function decodeRefused(jobs: readonly { readonly id: string }[], row: Row): Map<number, EnqueueReply> {
  const list = json<[number, EnqueueReply["outcome"], string | null, number | null, number | null][]>(row, "refused") ?? [];
  return new Map(
    list.map(([nth, outcome, existingId, pending, running]) => [
      nth - 1,
      {
        id: jobs[nth - 1]?.id ?? "",
        outcome,
        ...some("existingId", existingId),
        ...some("pending", pending),
        ...some("running", running),
      },
    ]),
  );
}

function decodeReply(row: Row): EnqueueReply {
  return {
    id: text(row, "id"),
    outcome: text(row, "outcome") as EnqueueReply["outcome"],
    ...(row.existing_id ? { existingId: row.existing_id } : {}),
    ...(row.pending ? { pending: Number(row.pending) } : {}),
    ...(row.running ? { running: Number(row.running) } : {}),
  };
}

/** The replies of a request; one at least. */
export function decodeOnce(rows: readonly Row[]): OnceReply {
  return { replayed: rows[0]?.replayed === "t", replies: rows.map(decodeReply) };
}

export function decodeLiveCount(row: Row): LiveCount {
  return { pending: Number(text(row, "pending")), running: Number(text(row, "running")) };
}

export function decodeTick(row: Row): TickReply {
  const due = json<[string, number, string, string | null][]>(row, "schedules") ?? [];
  return {
    lost: Number(text(row, "lost")),
    rescued: json<TickReply["rescued"]>(row, "rescued") ?? [],
    failed: row.sql_state ? [{ duty: "rescue", sqlState: row.sql_state, message: row.message ?? "" }] : [],
    more: row.more === "t",
    ready: row.ready === "t",
    nextDueMs: optionalNumber(row, "next_due_ms"),
    maintenanceDue: row.maintenance_due === "t",
    setState: (row.set_state ?? null) as TickReply["setState"],
    due: due.map(([name, fireCount, nextAt, resumedAt]) => ({ name, fireCount, nextAt, resumedAt })),
    nextFireMs: optionalNumber(row, "next_fire_ms"),
    nowMs: Number(text(row, "now_ms")),
  };
}

export function decodeMaintain(rows: readonly Row[]): MaintainReply {
  return {
    expired: Number(rows.find(({ duty }) => duty === "expire")?.done ?? 0),
    more: rows.some(({ more }) => more === "t"),
    failed: rows.flatMap((row) =>
      row.sql_state ? [{ duty: text(row, "duty"), sqlState: row.sql_state, message: row.message ?? "" }] : [],
    ),
  };
}

export function decodeLiveJob(row: Row): LiveJob {
  return {
    id: text(row, "id"),
    queue: text(row, "queue"),
    state: text(row, "state") as LiveJob["state"],
    ...some("reason", row.reason as LiveJob["reason"]),
    priority: Number(text(row, "priority")),
    attempt: Number(text(row, "attempt")),
    retries: Number(text(row, "retries")),
    ...some("concurrencyKey", row.concurrency_key),
    runAt: text(row, "run_at"),
    createdAt: text(row, "created_at"),
    ...some("startedAt", row.started_at),
  };
}

export function decodeRetry(row: Row): RetryResult {
  const outcome = text(row, "outcome") as RetryResult["outcome"];
  return { outcome, ...(row.job_id ? { id: row.job_id } : {}) };
}

export function decodeFired(row: Row): Fired {
  return { name: text(row, "name"), outcomes: json<Fired["outcomes"]>(row, "outcomes") ?? [] };
}

/** The property, where it has a value. */
export function some<Name extends string, Value>(name: Name, value: Value | null | undefined): { readonly [K in Name]?: Value } {
  return (value === null || value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value };
}

/** A column that always has a value. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (value === null || value === undefined) throw new TypeError(`column ${column} of a reply is empty`);
  return value;
}

/** A column of JSON; undefined where it is null. */
export function json<T>(row: Row, column: string): T | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : (JSON.parse(value) as T);
}

/** A column that may be null. */
function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined ? null : Number(value);
}
