/**
 * The answer to a turn.
 * @module
 */
import type { ClaimedJob } from "../core/claimed-job.ts";
import type { Row } from "../driver/driver.ts";
import { json, optionalNumber, text } from "./decode.ts";
import type { Marks, TurnReply } from "./store.ts";

/** A claimed job as `mayfly.turn_v1` writes it: short, because a turn may carry hundreds. */
type ClaimedTuple = [
  id: string,
  name: string,
  queue: string,
  priority: number,
  runAt: string,
  retries: number,
  attempt: number,
  key: string | null,
  timeoutMs: number | null,
  traceparent: string | null,
  tracestate: string | null,
  cancelRequested: boolean,
  payload: unknown,
  hook: ClaimedJob["hook"],
  hookTries: number,
  idempotent: boolean,
  uncharged: number,
];

export function decodeTurn(row: Row): TurnReply {
  const verdicts = json<[string, string, "already" | "stale"][]>(row, "verdicts") ?? [];
  return {
    jobs: (json<ClaimedTuple[]>(row, "jobs") ?? []).map(decodeClaimed),
    replayed: row.replayed === "t",
    verdicts: verdicts.map(([id, claimId, verdict]) => ({ id, claimId, verdict })),
    cancels: uuids(row, "cancels"),
    gone: uuids(row, "gone"),
    marks: text(row, "marks") as Marks,
    parked: Number(text(row, "parked")),
    busy: row.busy === "t",
    nextDueMs: optionalNumber(row, "next_due_ms"),
  };
}

function decodeClaimed(tuple: ClaimedTuple): ClaimedJob {
  const [id, name, queue, priority, runAt, retries, attempt, key, timeoutMs, traceparent, tracestate, cancelRequested, payload, ...rest] =
    tuple;
  const [hook, hookTries, idempotent, uncharged] = rest;
  return {
    id,
    name,
    queue,
    priority,
    runAt,
    retries,
    attempt,
    key: key === "" ? null : key,
    timeoutMs,
    traceparent,
    tracestate,
    cancelRequested,
    payload,
    hook,
    hookTries,
    idempotent,
    uncharged,
  };
}

/** An array of uuids, which its text form writes bare: `{a,b}`. */
function uuids(row: Row, column: string): string[] {
  const value = row[column];
  return value === null || value === undefined || value === "{}" ? [] : value.slice(1, -1).split(",");
}
