/**
 * The turn loop: claim what fits, run it, settle what finished together with the next claim, until the queue is empty
 * or the time is up. One round trip a batch.
 * @module
 */
import type { Settlement } from "../core/outcome.ts";
import type { TurnReply } from "../store/store.ts";
import { Bell } from "./bell.ts";
import { Bench } from "./bench.ts";
import { KeptMarks } from "./kept-marks.ts";
import { type TurnRequest, takeTurn } from "./take-turn.ts";
import type { Worker } from "./worker.ts";

export interface DrainOptions {
  /** Set aside jobs that cannot be run here. False where this worker runs only a part of what its kind can. */
  readonly park: boolean;
  /** Wait for a scheduled job that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
  /** For a worker that lives on: it does not end while there is nothing to do, but waits so. */
  readonly vigil?: Vigil;
}

/** How a worker without an end waits for work. */
export interface Vigil {
  /** Rung when there may be something to claim, and when the budget has been given its end. */
  readonly bell: Bell;
  /** Milliseconds until the next turn, unless the bell rings: after so many turns in a row that claimed nothing. */
  pollMs(quiet: number): number;
  /** Whether word of a new job would ring the bell: then the database is asked to give it. */
  listening(): boolean;
  /** Told after every turn. */
  onTurn(sofar: DrainResult, running: number): void;
}

export interface DrainResult {
  readonly turns: number;
  readonly claimed: number;
  readonly successful: number;
  readonly errored: number;
  readonly cancelled: number;
  /** Attempts that went down with the process they ran in. */
  readonly lost: number;
  readonly deferred: number;
  /** Results refused, because the claim was gone. */
  readonly stale: number;
  readonly parked: number;
}

/** How long a finished attempt may wait for others to be settled with, once the queue had nothing more to give. */
const QUIET_LINGER_MS = 1_000;
/** Bounds of that wait while there is more to claim. It is as long as a round trip, so that it at most doubles. */
const BUSY_LINGER_MS = { least: 2, most: 250 };
/** Between looks for a job that only another worker's locks keep from being claimed. */
const BUSY_WAIT_MS = 50;

/**
 * Runs jobs until there are none, or the budget's soft end has passed and all that was claimed is settled.
 * @throws DriverError when the database cannot be reached and nothing is running, or until the hard end
 */
export async function drain<Env>(worker: Worker<Env>, { park, waitMs, vigil }: DrainOptions): Promise<DrainResult> {
  const { budget, clock, heartbeat } = worker;
  const bell = vigil?.bell ?? new Bell();
  const bench = new Bench(worker, bell);
  const count = { turns: 0, claimed: 0, successful: 0, errored: 0, cancelled: 0, lost: 0, deferred: 0, stale: 0, parked: 0 };
  const marks = new KeptMarks();
  let heardAt = clock.now();
  /** So long without an answer that others may have taken this worker for dead. */
  let doubtful = false;
  let quiet = 0;

  for (;;) {
    bell.mute();
    const ending = !budget.mayClaim();
    const free = ending ? 0 : Math.max(0, worker.slots - bench.running);
    const holding = bench.running > 0;
    const settle = bench.takeFinished();
    const claimId = worker.newId();
    const askedAt = clock.now();
    doubtful ||= askedAt - heardAt > heartbeat.timeoutMs / 2;
    const request: TurnRequest = {
      claimId,
      slots: free,
      settle,
      park,
      ...(vigil ? { listen: vigil.listening() } : {}),
      leave: !holding && (ending || !vigil),
      marks: marks.at(askedAt),
      holding: doubtful ? bench.holding : null,
    };
    const reply: TurnReply = await takeTurn(worker, request, vigil ? "always" : holding ? "unanswered" : "never");
    const tripMs = clock.now() - askedAt;
    doubtful = tripMs > heartbeat.timeoutMs / 2;
    heardAt = clock.now();
    marks.keep(reply.marks, tripMs);

    tally(count, settle, reply);
    if (reply.verdicts.length > 0) worker.logger.warn("results not accepted", { verdicts: reply.verdicts });
    bench.accept(reply, claimId);
    quiet = reply.jobs.length > 0 ? 0 : quiet + 1;
    vigil?.onTurn(count, bench.running);
    if (doubtful) continue;

    const full = free > 0 && reply.jobs.length + reply.parked >= free;
    const nextMs = untilNext(reply, Math.min(waitMs, budget.claimMs()), vigil?.pollMs(quiet));
    if (!bench.idle) {
      const lingerMs = full ? Math.min(Math.max(tripMs, BUSY_LINGER_MS.least), BUSY_LINGER_MS.most) : QUIET_LINGER_MS;
      await bench.untilWorthATurn(lingerMs, bench.running < worker.slots ? nextMs : Number.POSITIVE_INFINITY);
    } else if (!full && reply.parked === 0) {
      if (ending || nextMs === Number.POSITIVE_INFINITY) return count;
      await (vigil ? bell.untilRung(clock, nextMs) : clock.sleep(nextMs));
    }
  }
}

/** Milliseconds until a turn may claim something; Infinity: not within `patienceMs`. */
function untilNext({ busy, nextDueMs }: TurnReply, patienceMs: number, pollMs = Number.POSITIVE_INFINITY): number {
  const dueMs = busy ? 0 : (nextDueMs ?? Number.POSITIVE_INFINITY);
  return Math.min(pollMs, dueMs <= patienceMs ? Math.max(dueMs, BUSY_WAIT_MS) : Number.POSITIVE_INFINITY);
}

function tally(count: { -readonly [K in keyof DrainResult]: number }, settle: readonly Settlement[], reply: TurnReply): void {
  const stale = new Set(reply.verdicts.filter(({ verdict }) => verdict === "stale").map(({ id }) => id));
  count.turns++;
  count.claimed += reply.jobs.length;
  count.parked += reply.parked;
  count.stale += stale.size;
  for (const { id, outcome } of settle) {
    if (stale.has(id)) continue;
    if (outcome !== "released" && outcome !== "hooked") count[outcome]++;
  }
}
