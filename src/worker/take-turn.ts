/**
 * One turn, asked for again while the worker holds jobs that only it can settle.
 * @module
 */
import { backOff } from "../base/back-off.ts";
import type { Turn, TurnReply } from "../store/turn.ts";
import { mayPass } from "./may-pass.ts";
import type { Worker } from "./worker.ts";

/** Between repeats, after the store's own have failed. */
const RETRY_MS = { first: 2_000, max: 10_000 };

/**
 * Which failures of a turn are waited out, until the hard end. `never`: none, the worker holds nothing; `passing`: those that pass by themselves, since
 * what the worker holds would be lost with it; `always`: all, the worker lives on.
 */
export type Persistence = "never" | "passing" | "always";

/** Takes a turn; again, always the same one, since it may have been answered already. */
export async function takeTurn<Env>(worker: Worker<Env>, turn: Turn, persistence: Persistence): Promise<TurnReply> {
  const { budget, clock, logger, store } = worker;
  const retry = backOff(clock, RETRY_MS);
  for (;;) {
    try {
      return await store.turn(turn);
    } catch (error) {
      const again = persistence === "always" || (persistence === "passing" && mayPass(error));
      if (!again || budget.remainingMs() <= 0) throw error;
      logger.warn("a turn failed and is repeated", { claimId: turn.claimId, reason: messageOf(error) });
      await clock.sleep(Math.min(retry.next(), budget.remainingMs()));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
