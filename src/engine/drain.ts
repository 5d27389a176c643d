/**
 * The turn loop: claim what fits, run it, settle what finished together with the next claim, until the queue is empty
 * or the time is up. One round trip a batch.
 * @module
 */
import type { TurnReply } from "../store/store.ts";
import { Bell } from "./bell.ts";
import { Bench } from "./bench.ts";
import { SecondTurn } from "./second-turn.ts";
import { type TurnCounts, Turns } from "./turns.ts";
import type { Vigil } from "./vigil.ts";
import type { Worker } from "./worker.ts";

export interface DrainOptions {
  /** Set aside jobs that cannot be run here. False where this worker runs only a part of what its kind can. */
  readonly park: boolean;
  /** Wait for a scheduled job that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
  /** For a worker that lives on: it does not end while there is nothing to do, but waits so. */
  readonly vigil?: Vigil;
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
export async function drain<Env>(worker: Worker<Env>, { park, waitMs, vigil }: DrainOptions): Promise<TurnCounts> {
  const { budget, clock } = worker;
  const bell = vigil?.bell ?? new Bell();
  const bench = new Bench(worker, bell);
  const turns = new Turns(worker, bench, { park, vigil });
  const second = new SecondTurn(worker, bench, turns);
  let lastFull = false;

  try {
    for (;;) {
      bell.mute();
      const ending = !budget.mayClaim();
      if (lastFull && !ending) second.start();
      const most = second.active ? second.share : Number.POSITIVE_INFINITY;
      const leave = bench.running === 0 && !second.active && (ending || !vigil);
      const { reply, full, tripMs } = await turns.take({ slots: ending ? 0 : Math.min(turns.free, most), settlements: most, leave });
      lastFull = full;
      if (turns.doubtful) continue;

      if (bench.idle) await turns.answered();
      second.check();
      const nextMs = untilNext(reply, Math.min(waitMs, budget.claimMs()), vigil?.pollMs(turns.quiet));
      if (!bench.idle) {
        const lingerMs = full ? Math.min(Math.max(tripMs, BUSY_LINGER_MS.least), BUSY_LINGER_MS.most) : QUIET_LINGER_MS;
        await bench.untilWorthATurn(lingerMs, turns.free > 0 ? nextMs : Number.POSITIVE_INFINITY, most);
      } else if (!full && reply.parked === 0 && !second.active) {
        if (nextMs < Number.POSITIVE_INFINITY && !ending) await (vigil ? bell.untilRung(clock, nextMs) : clock.sleep(nextMs));
        else if (leave) return turns.counts;
      }
    }
  } finally {
    await second.stop();
  }
}

/** Milliseconds until a turn may claim something; Infinity: not within `patienceMs`. */
function untilNext({ busy, nextDueMs }: TurnReply, patienceMs: number, pollMs = Number.POSITIVE_INFINITY): number {
  const dueMs = busy ? 0 : (nextDueMs ?? Number.POSITIVE_INFINITY);
  return Math.min(pollMs, dueMs <= patienceMs ? Math.max(dueMs, BUSY_WAIT_MS) : Number.POSITIVE_INFINITY);
}
