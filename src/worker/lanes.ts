/**
 * Many slots as two workers, each with half of them and a loop of its own: the database settles and claims for one while the jobs of the other run. Neither
 * loop knows of the other; to the database they are two workers.
 * @module
 */
import { drain } from "./drain.ts";
import type { PollStrategy } from "./poll-strategy.ts";
import { addCounts, noCounts, type TurnCounts } from "./turn-counts.ts";
import { WakeSignal } from "./wake-signal.ts";
import type { Worker } from "./worker.ts";

/** With fewer slots, what another turn costs is more than what is gained. */
const MIN_SLOTS = 200;

/** Runs jobs until the budget has been given an end, with one worker or two. */
export async function drainInLanes<Env>(worker: Worker<Env>, pollStrategy: PollStrategy): Promise<void> {
  const drainForever = (lane: Worker<Env>, strategy: PollStrategy) =>
    drain(lane, { park: true, waitMs: Number.POSITIVE_INFINITY, pollStrategy: strategy });
  if (worker.slots < MIN_SLOTS) {
    await drainForever(worker, pollStrategy);
    return;
  }
  const lanes = [Math.ceil, Math.floor].map((round) => new Lane(pollStrategy, () => round(worker.slots / 2)));
  const first = lanes[0] as Lane;
  const stopRelaying = relay(pollStrategy.wakeSignal, lanes);
  try {
    await Promise.all(
      lanes.map((lane) => {
        const id = lane === first ? worker.id : worker.newId();
        return drainForever(lane.workerOf(worker, id), lane.strategyAmong(lanes));
      }),
    );
  } finally {
    stopRelaying();
  }
}

class Lane {
  readonly wakeSignal = new WakeSignal();
  counts: TurnCounts = noCounts();
  running = 0;
  readonly #pollStrategy: PollStrategy;
  readonly #slots: () => number;

  constructor(pollStrategy: PollStrategy, slots: () => number) {
    this.#pollStrategy = pollStrategy;
    this.#slots = slots;
  }

  workerOf<Env>(worker: Worker<Env>, id: string): Worker<Env> {
    const slots = this.#slots;
    return Object.defineProperty({ ...worker, id }, "slots", { get: slots });
  }

  /** The strategy of the whole, called with the counts of all lanes. */
  strategyAmong(lanes: readonly Lane[]): PollStrategy {
    const { pollMs, listening, onTurn } = this.#pollStrategy;
    return {
      wakeSignal: this.wakeSignal,
      pollMs,
      listening,
      onTurn: (counts, running) => {
        this.counts = counts;
        this.running = running;
        const total = noCounts();
        for (const lane of lanes) addCounts(total, lane.counts);
        onTurn(
          total,
          lanes.reduce((sum, lane) => sum + lane.running, 0),
        );
      },
    };
  }
}

/** Wakes every lane whenever the worker is woken, until it is stopped. */
function relay(source: WakeSignal, lanes: readonly Lane[]): () => void {
  let isStopped = false;
  const waitForNext = () => {
    void source.woken.then(() => {
      if (isStopped) return;
      source.reset();
      for (const { wakeSignal } of lanes) wakeSignal.wake();
      waitForNext();
    });
  };
  waitForNext();
  return () => {
    isStopped = true;
  };
}
