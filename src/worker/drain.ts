/**
 * The turn loop: claim what fits, run it, settle what finished together with the next claim, until the queue is empty
 * or the time is up. One round trip a batch.
 * @module
 */
import type { TurnReply } from "../store/turn.ts";
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
  /** The last turn that could claim got all that it asked for: there may be more. */
  let lastFull = false;

  try {
    for (;;) {
      bell.mute();
      const ending = !budget.mayClaim() || second.failed;
      if (lastFull && !ending) second.start();
      const alone = !second.active;
      /** Of slots, of settlements, and of finished attempts to wait for. */
      const most = alone || ending ? Number.POSITIVE_INFINITY : second.share;
      const leave = alone && bench.running === 0 && (ending || !vigil);
      const slots = ending ? 0 : Math.min(turns.free, most);
      const { reply, full, lingerMs } = await turns.take({ slots, settlements: most, leave });
      if (slots > 0) lastFull = full;
      if (turns.doubtful) continue;

      if (bench.idle) await turns.answered();
      const nextMs = untilNext(reply, Math.min(waitMs, budget.claimMs()), vigil?.pollMs(turns.quiet));
      if (!bench.idle) {
        await bench.untilWorthATurn(full ? lingerMs : QUIET_LINGER_MS, turns.free > 0 ? nextMs : Number.POSITIVE_INFINITY, most);
      } else if (alone && !full && reply.setAside === 0) {
        if (nextMs < Number.POSITIVE_INFINITY && !ending) {
          await (vigil ? bell.untilRung(clock, nextMs) : clock.sleep(nextMs));
        } else if (leave) {
          // It has signed off: nothing was left to claim or to settle.
          second.check();
          return turns.counts;
        }
      }
    }
  } finally {
    bench.close();
    await second.stop();
  }
}

/** Milliseconds until a turn may claim something; Infinity: not within `patienceMs`. */
function untilNext({ busy, report }: TurnReply, patienceMs: number, pollMs = Number.POSITIVE_INFINITY): number {
  const dueMs = busy ? 0 : (report?.nextDueMs ?? Number.POSITIVE_INFINITY);
  return Math.min(pollMs, dueMs <= patienceMs ? Math.max(dueMs, BUSY_WAIT_MS) : Number.POSITIVE_INFINITY);
}
