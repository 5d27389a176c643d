/**
 * What the end of an attempt has to make of its job, reckoned from what the handler did and from what was asked for.
 * @module
 */
import { retryDelayMs } from "../../job/backoff.ts";
import type { Handler } from "../../job/handler.ts";
import type { NewJob } from "../../store/new-job.ts";
import type { Heartbeat } from "../../worker/worker.ts";
import type { EventRow } from "./history.ts";
import { type Record, type RecordedRun, type RecordedWorker, runKey } from "./record.ts";

/** What the model reckons with. */
export interface Rules {
  readonly record: Record;
  readonly heartbeat: Heartbeat;
}

/** The end of an attempt, and what is known of its job. */
interface EndedAttempt {
  readonly id: string;
  readonly claim: string;
  readonly at: number;
  readonly row: EventRow;
  readonly asked: NewJob | undefined;
  readonly handler: Handler<unknown> | undefined;
  /** Attempts in a row that did not count. */
  readonly freeInARow: number;
}

export interface AfterAttempt {
  /** What cannot be. */
  readonly wrong: readonly string[];
  /** Whether it is the last attempt; null: either may be. */
  readonly last: boolean | null;
  /** The attempt counts. */
  readonly counts: boolean;
  /** The next attempt begins no sooner after this one's end. */
  readonly waitMs: number;
}

/** Attempts in a row of an idempotent job that do not count. */
const MOST_FREE = 5;
/** The last try before the hard end may be so long before it. */
const GIVE_UP_MS = 15_000;
/** The heartbeat's row is written at most this often. */
const HEARTBEAT_WRITE_MS = 5_000;

export function afterAttempt(rules: Rules, ended: EndedAttempt): AfterAttempt {
  const { record } = rules;
  const [run] = record.runs.get(runKey(ended.id, ended.claim)) ?? [];
  const plain: AfterAttempt = { wrong: [], last: null, counts: true, waitMs: 0 };
  switch (ended.row.outcome) {
    case "successful":
      return { ...plain, last: true, wrong: run?.end?.kind === "returned" ? [] : ["it is successful, and its handler did not return"] };
    case "deferred":
      return afterDeferral(run, plain);
    case "errored":
      return afterError(ended, run, plain);
    case "lost":
      return afterLoss(rules, ended, run, plain);
    default:
      return { ...plain, last: true };
  }
}

function afterDeferral(run: RecordedRun | undefined, plain: AfterAttempt): AfterAttempt {
  if (run?.end?.kind !== "deferred") return { ...plain, wrong: ["it is deferred, and its handler did not defer it"] };
  return { ...plain, last: false, counts: run.end.counts, waitMs: run.end.delayMs };
}

function afterError({ at, row, asked, handler }: EndedAttempt, run: RecordedRun | undefined, plain: AfterAttempt): AfterAttempt {
  if (!run || !handler) return { ...plain, wrong: run ? [] : ["it is errored, and its handler never ran"] };
  const { end } = run;
  const timeoutMs = asked?.timeoutMs ?? handler.definition.timeoutMs;
  const inTime = end !== undefined && end.at <= at && end.at - run.startedAt < timeoutMs;
  const wrong = inTime && end.kind === "returned" ? ["it is errored, and its handler returned in time"] : [];
  if (inTime && end.kind === "deferred") return { ...plain, wrong, last: end.counts ? true : null };
  const thrown = inTime && end.kind === "threw" ? end.error : undefined;
  const refuses = typeof thrown === "object" && thrown !== null && "retry" in thrown && thrown.retry === false;
  const last = refuses || row.attempt > (asked?.retries ?? 0);
  // A rule of one's own may look at the error, which is the engine's where time was up.
  const isKnown = thrown !== undefined || typeof handler.definition.retryDelay !== "function";
  const waitMs = isKnown && !last ? retryDelayMs(handler.definition.retryDelay, row.attempt, thrown, () => 1).ms : 0;
  return { ...plain, wrong, last, waitMs };
}

function afterLoss({ record, heartbeat }: Rules, ended: EndedAttempt, run: RecordedRun | undefined, plain: AfterAttempt): AfterAttempt {
  const { at, row, asked, freeInARow } = ended;
  const worker = record.workers.get(row.worker_id ?? "");
  const heardAt = worker?.heardAt.filter((time) => time <= at).at(-1) ?? Number.NEGATIVE_INFINITY;
  const silentMs = at - heardAt;
  const leastMs = heartbeat.timeoutMs - Math.min(HEARTBEAT_WRITE_MS, heartbeat.intervalMs / 2);
  const wrong = silentMs < leastMs ? [`it was declared lost ${silentMs} ms after its worker ${worker?.actor.name} was heard of`] : [];
  if (run?.end && worker && gaveUpInTime(worker))
    wrong.push(`its handler had ended, and its worker ${worker.actor.name} gave it up with time left`);
  const free = asked?.idempotent === true && freeInARow < MOST_FREE;
  return { ...plain, wrong, counts: !free, last: !free && row.attempt > (asked?.retries ?? 0) };
}

/** Without having been killed it ended long before it had to. */
function gaveUpInTime({ actor, hardEndAt }: RecordedWorker): boolean {
  return actor.endedAt !== undefined && actor.endedAt < hardEndAt - GIVE_UP_MS;
}
