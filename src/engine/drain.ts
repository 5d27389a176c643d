/**
 * The turn loop: claim what fits, run it, settle what finished together with the next claim, until the queue is empty
 * or the time is up. One round trip a batch.
 * @module
 */
import type { Settlement } from "../core/outcome.ts";
import type { Marks, TurnReply } from "../store/store.ts";
import { Bench } from "./bench.ts";
import { type TurnRequest, takeTurn } from "./take-turn.ts";
import type { Worker } from "./worker.ts";

export interface DrainOptions {
  /** Set aside jobs that cannot be run here. False where this worker runs only a part of what its kind can. */
  readonly park: boolean;
  /** Wait for a scheduled job that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
}

export interface DrainResult {
  readonly turns: number;
  readonly claimed: number;
  readonly successful: number;
  readonly errored: number;
  readonly cancelled: number;
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
/** Marks may hide a job that came late: so long at most. */
const MARKS_LAST_MS = 4_000;

/**
 * Runs jobs until there are none, or the budget's soft end has passed and all that was claimed is settled.
 * @throws DriverError when the database cannot be reached and nothing is running, or until the hard end
 */
export async function drain<Env>(worker: Worker<Env>, { park, waitMs }: DrainOptions): Promise<DrainResult> {
  const { budget, clock, heartbeat, slots } = worker;
  const bench = new Bench(worker);
  const count = { turns: 0, claimed: 0, successful: 0, errored: 0, cancelled: 0, deferred: 0, stale: 0, parked: 0 };
  let marks: Marks | null = null;
  let lookedAt = clock.now();
  let heardAt = clock.now();
  /** So long without an answer that others may have taken this worker for dead. */
  let doubtful = false;

  for (;;) {
    const free = budget.mayClaim() ? slots - bench.running : 0;
    const holding = bench.running > 0;
    const settle = bench.takeFinished();
    const claimId = worker.newId();
    const askedAt = clock.now();
    if (askedAt - lookedAt >= MARKS_LAST_MS) marks = null;
    if (marks === null) lookedAt = askedAt;
    doubtful ||= askedAt - heardAt > heartbeat.timeoutMs / 2;
    const request: TurnRequest = { claimId, slots: free, settle, park, leave: !holding, marks, holding: doubtful ? bench.holding : null };
    const reply: TurnReply = await takeTurn(worker, request, holding);
    const tripMs = clock.now() - askedAt;
    doubtful = tripMs > heartbeat.timeoutMs / 2;
    heardAt = clock.now();
    marks = reply.marks;

    tally(count, settle, reply);
    if (reply.verdicts.length > 0) worker.logger.warn("results not accepted", { verdicts: reply.verdicts });
    bench.accept(reply, claimId);
    if (doubtful) continue;

    const full = free > 0 && reply.jobs.length + reply.parked >= free;
    if (!bench.idle) {
      await bench.untilWorthATurn(full ? Math.min(Math.max(tripMs, BUSY_LINGER_MS.least), BUSY_LINGER_MS.most) : QUIET_LINGER_MS);
    } else if (!full && reply.parked === 0) {
      const nextMs = reply.busy ? 0 : reply.nextDueMs;
      if (free === 0 || nextMs === null || nextMs > Math.min(waitMs, budget.claimMs())) return count;
      await clock.sleep(Math.max(nextMs, BUSY_WAIT_MS));
    }
  }
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
