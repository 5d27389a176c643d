/**
 * The turn loop: settle what finished and claim what fits in one round trip, run what was claimed, wait for results, and go on until the queue is empty or
 * the time is up.
 * @module
 */
import { CallForHelp, type WorkLeft } from "./call-for-help.ts";
import { InFlight } from "./in-flight.ts";
import type { PollStrategy } from "./poll-strategy.ts";
import type { TurnCounts } from "./turn-counts.ts";
import { Turns, type TurnTaken } from "./turns.ts";
import { WakeSignal } from "./wake-signal.ts";
import type { Worker } from "./worker.ts";

export interface DrainOptions {
  /** Set aside jobs that cannot be run here. False where this worker runs only a part of what its kind can. */
  readonly park: boolean;
  /** Wait for a scheduled job that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
  /** For a worker that lives on: how it waits where any other would end. */
  readonly pollStrategy?: PollStrategy;
  /** Woken when there may be something to claim. Default, for a worker that ends: by nobody. */
  readonly wakeSignal?: WakeSignal;
  /** Called while jobs run on, with work that this worker will not take: see `CallForHelp`. */
  readonly onWorkLeft?: ((work: WorkLeft) => void) | undefined;
}

export interface DrainResult extends TurnCounts, WorkLeft {}

/** How long a result waits for others while there is more to claim: as long as the turn took, so that its round trip at most doubles. */
const LINGER_MS = { min: 2, max: 250 };
/** The same, once the queue had nothing more to give. */
const QUIET_LINGER_MS = 1_000;
/** Between tries for what only other workers' locks keep from being claimed or settled. */
const BUSY_WAIT_MS = 50;

/**
 * Runs jobs until there are none, or the budget's soft end has passed and all that was claimed is settled.
 * @throws DriverError when the database cannot be reached and nothing is in flight, or until the hard end
 */
export async function drain<Env>(worker: Worker<Env>, options: DrainOptions): Promise<DrainResult> {
  const { budget, clock } = worker;
  const { park, waitMs, pollStrategy, wakeSignal = pollStrategy?.wakeSignal ?? new WakeSignal() } = options;
  const inFlight = new InFlight(worker, wakeSignal);
  const turns = new Turns(worker, inFlight, { park, pollStrategy });

  /** Milliseconds until a turn may claim something; Infinity: not while this worker may claim. */
  function untilNext({ busy, leave }: TurnTaken): number {
    const dueMs = busy ? 0 : turns.nextDueMs;
    const isSoon = dueMs <= Math.min(waitMs, budget.claimMs());
    return Math.min(isSoon ? Math.max(dueMs, BUSY_WAIT_MS) : Infinity, pollMs(leave));
  }

  /** A worker rests once it has signed off. */
  function pollMs(hasLeft: boolean): number {
    return !pollStrategy || (hasLeft && pollStrategy.resting()) ? Infinity : pollStrategy.pollMs(turns.quietTurns);
  }

  const help = options.onWorkLeft && new CallForHelp(clock, options.onWorkLeft);
  const work = (): WorkLeft => {
    const { nextDueMs } = turns;
    return { nextInMs: Number.isFinite(nextDueMs) ? Math.max(0, nextDueMs) : null, left };
  };

  // Until a look says otherwise.
  let left = true;
  for (;;) {
    if (wakeSignal.isWoken) {
      turns.scanFrom(wakeSignal.readyFrom);
      left = true;
    }
    wakeSignal.reset();
    const turn = await turns.take();
    left = turn.looked ? turn.full || turn.busy : left || turn.madeReady;
    if (turns.isDoubtful) continue;
    const isFull = turn.full && inFlight.free === 0;
    help?.turned({ isBusy: inFlight.running > 0, isFull, mayClaim: budget.mayClaim(), ...work() });

    if (turn.leave && pollStrategy?.resting() && !wakeSignal.isWoken) pollStrategy.onRest?.(work());

    const nextMs = untilNext(turn);
    if (!inFlight.isEmpty) {
      const lingerMs = turn.full ? Math.min(Math.max(turn.tookMs, LINGER_MS.min), LINGER_MS.max) : QUIET_LINGER_MS;
      await inFlight.wait(lingerMs, inFlight.free > 0 || turn.busy ? nextMs : Infinity);
    } else if (turn.full || turn.setAside) {
      // There may be more to claim.
    } else if ((pollStrategy || nextMs < Infinity) && budget.mayClaim()) {
      await (pollStrategy ? wakeSignal.wait(clock, nextMs) : clock.sleep(nextMs));
    } else if (turn.leave) {
      help?.stop();
      return { ...turns.counts, ...work(), left: left || wakeSignal.isWoken };
    }
  }
}
