/**
 * A worker with everything it does told of.
 * @module
 */
import type { Execute } from "../worker/attempt.ts";
import type { TickResult } from "../worker/tick.ts";
import type { Worker } from "../worker/worker.ts";
import { Attempts } from "./attempts.ts";
import { measureAttempts } from "./measure-attempts.ts";
import { TickTrace } from "./tick-trace.ts";
import { traceAttempts } from "./trace-attempts.ts";
import { traceStore } from "./trace-store.ts";

export interface TracedWorker<Env> {
  readonly worker: Worker<Env>;
  /** The same, with the code of its jobs run elsewhere, given how to run it here. */
  elsewhere(execute: (here: Execute) => Execute): Worker<Env>;
  /** Runs a tick of it. */
  tick(run: () => Promise<TickResult>): Promise<TickResult>;
  /** Whether there is anything to flush. */
  hasRecorded(): boolean;
}

/** `here` runs the code of a job in this process. */
export function traceWorker<Env>(base: Worker<Env>, here: Execute): TracedWorker<Env> {
  const { clock, logger, id: workerId } = base;
  const attempts = new Attempts();
  const trace = new TickTrace(clock);
  const store = traceStore(base.store, { attempts, tick: trace, clock, workerId });
  const traced = traceAttempts(here, logger);
  const running = (execute: Execute): Worker<Env> => ({ ...base, store, execute: measureAttempts(execute, { attempts, clock, logger }) });
  return {
    worker: running(traced),
    elsewhere: (execute) => running(execute(traced)),
    hasRecorded: () => trace.worthTelling,
    tick: (run) =>
      trace.run(run, ({ turns, claimed, lost, expired }) => ({
        "mayfly.worker.id": workerId,
        ...countsOf({ turns, claimed, lost, expired }),
      })),
  };
}

function countsOf(counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`mayfly.tick.${name}`, count]));
}
