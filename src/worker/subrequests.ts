/**
 * A bound on the requests that one invocation makes, where the platform counts them: once they are spent, nothing more is claimed.
 * @module
 */
import type { Store } from "../store/store.ts";
import type { Budget } from "./budget.ts";
import type { Worker } from "./worker.ts";

export interface SubrequestOptions {
  /** Requests that an invocation may make in all. */
  readonly limit: number;
  /** Requests set aside for each run of a job: what its handler may need at most. Default 5. */
  readonly perJob?: number;
}

/** The turn that settles, its repeats, and the last one. */
const RESERVE = 5;

/** The worker with its round trips counted, and a budget that ends with them. */
export function limitSubrequests<Env>(worker: Worker<Env>, { limit, perJob = 5 }: SubrequestOptions): Worker<Env> {
  let spent = 0;
  const { turn, tick, maintain, announceSchedules, fireSchedules } = worker.store;
  const counted = <Args extends unknown[], Reply>(call: (...args: Args) => Promise<Reply>) => {
    return (...args: Args): Promise<Reply> => {
      spent += 1;
      return call(...args);
    };
  };
  const store: Store = {
    ...worker.store,
    tick: counted(tick),
    maintain: counted(maintain),
    announceSchedules: counted(announceSchedules),
    fireSchedules: counted(fireSchedules),
    async turn(request, callOptions) {
      spent += 1;
      const reply = await turn(request, callOptions);
      spent += reply.jobs.length * perJob;
      return reply;
    },
  };
  // A turn may fill every slot, so there has to be enough for all of them.
  const lasts = () => spent + 1 + worker.slots * perJob + RESERVE <= limit;
  const budget: Budget = {
    ...worker.budget,
    mayClaim: () => lasts() && worker.budget.mayClaim(),
    claimMs: () => (lasts() ? worker.budget.claimMs() : 0),
  };
  return { ...worker, store, budget };
}
