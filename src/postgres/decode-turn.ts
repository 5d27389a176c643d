/**
 * The answer to a turn.
 * @module
 */
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Marks, TurnReply } from "../store/store.ts";
import { text } from "./decode.ts";
import type { Row } from "./driver/driver.ts";

/** As `mayfly.claimed_job` writes it. */
type ClaimedTuple = [
  id: string,
  name: string,
  queue: string,
  runAt: string,
  retries: number,
  attempt: number,
  payload: unknown,
  rest: RestTuple | null,
];

type RestTuple = [
  key: string | null,
  timeoutMs: number | null,
  traceparent: string | null,
  tracestate: string | null,
  cancelRequested: boolean,
  hook: ClaimedJob["hook"],
  hookTries: number,
  idempotent: boolean,
  uncharged: number,
];

/** Of most jobs. */
const NO_REST: RestTuple = [null, null, null, null, false, null, 0, false, 0];

/** Everything but the jobs, as the statement packs it. */
interface TurnRecord {
  readonly replayed: boolean;
  readonly verdicts: [id: string, claimId: string, verdict: "already" | "stale"][] | null;
  readonly cancels: string[] | null;
  readonly gone: string[] | null;
  readonly marks: unknown;
  readonly parked: number;
  readonly busy: boolean;
  readonly next_due_ms: number | null;
}

/** The first row is the turn, each other one a job. */
export function decodeTurn([first, ...others]: readonly Row[]): TurnReply {
  const turn = JSON.parse(text(first ?? {}, "turn")) as TurnRecord;
  return {
    jobs: others.map((row) => decodeClaimed(JSON.parse(text(row, "job")) as ClaimedTuple)),
    replayed: turn.replayed,
    verdicts: (turn.verdicts ?? []).map(([id, claimId, verdict]) => ({ id, claimId, verdict })),
    cancels: turn.cancels ?? [],
    gone: turn.gone ?? [],
    marks: JSON.stringify(turn.marks) as Marks,
    parked: turn.parked,
    busy: turn.busy,
    nextDueMs: turn.next_due_ms,
  };
}

function decodeClaimed([id, name, queue, runAt, retries, attempt, payload, rest]: ClaimedTuple): ClaimedJob {
  const [key, timeoutMs, traceparent, tracestate, cancelRequested, hook, hookTries, idempotent, uncharged] = rest ?? NO_REST;
  return {
    id,
    name,
    queue,
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
