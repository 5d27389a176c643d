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
export async function drainAsPair<Env>(worker: Worker<Env>, pollStrategy: PollStrategy): Promise<void> {
  const drainForever = (half: Worker<Env>, strategy: PollStrategy) =>
    drain(half, { park: true, waitMs: Number.POSITIVE_INFINITY, pollStrategy: strategy });
  if (worker.slots < MIN_SLOTS) {
    await drainForever(worker, pollStrategy);
    return;
  }
  const halves = [Math.ceil, Math.floor].map((round) => new Half(pollStrategy, () => round(worker.slots / 2)));
  const first = halves[0] as Half;
  const stopRelaying = relay(pollStrategy.wakeSignal, halves);
  try {
    await Promise.all(
      halves.map((half) => {
        const id = half === first ? worker.id : worker.newId();
        return drainForever(half.workerOf(worker, id), half.strategyAmong(halves));
      }),
    );
  } finally {
    stopRelaying();
  }
}

class Half {
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

  /** The strategy of the whole, called with the counts of both halves. */
  strategyAmong(halves: readonly Half[]): PollStrategy {
    const { pollMs, resting, listening, onTurn, onRest } = this.#pollStrategy;
    return {
      wakeSignal: this.wakeSignal,
      pollMs,
      resting,
      listening,
      ...(onRest ? { onRest } : {}),
      onTurn: (counts, running) => {
        this.counts = counts;
        this.running = running;
        const total = noCounts();
        for (const half of halves) addCounts(total, half.counts);
        onTurn(
          total,
          halves.reduce((sum, half) => sum + half.running, 0),
        );
      },
    };
  }
}

/** Wakes both halves whenever the worker is woken, until it is stopped. */
function relay(source: WakeSignal, halves: readonly Half[]): () => void {
  let isStopped = false;
  const waitForNext = () => {
    void source.woken.then(() => {
      if (isStopped) return;
      const { readyFrom } = source;
      source.reset();
      for (const { wakeSignal } of halves) wakeSignal.wake(readyFrom);
      waitForNext();
    });
  };
  waitForNext();
  return () => {
    isStopped = true;
  };
}
