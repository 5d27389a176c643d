/**
 * Calls to a ledger that nobody awaits, where a program is frozen once it has answered, with whatever it still sends.
 * @module
 */
import type { Ledger } from "./ledger.ts";

export interface LeftCalls extends Ledger {
  /** Resolves once everything that was sent so far has been answered, or has failed. */
  finished(): Promise<void>;
}

/** The ledger, with its calls kept. */
export function keepCalls(ledger: Ledger): LeftCalls {
  const left = new Set<Promise<unknown>>();
  function kept<Answer>(call: Promise<Answer>): Promise<Answer> {
    const done = () => void left.delete(settled);
    const settled: Promise<void> = call.then(done, done);
    left.add(settled);
    return call;
  }
  return {
    wake: (wake) => kept(ledger.wake(wake)),
    settle: (settle) => kept(ledger.settle(settle)),
    due: (ask) => kept(ledger.due(ask)),
    async finished() {
      while (left.size > 0) await Promise.all(left);
    },
  };
}
