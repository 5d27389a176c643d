/**
 * One turn, asked for again while the worker holds jobs that only it can settle.
 * @module
 */
import { backOff } from "../base/back-off.ts";
import { isMayflyError } from "../base/errors.ts";
import type { Turn, TurnReply } from "../store/turn.ts";
import { mayPass } from "./may-pass.ts";
import type { Worker } from "./worker.ts";

/** Between repeats, after the store's own have failed. */
const RETRY_MS = { first: 2_000, max: 10_000 };

export interface TakeTurnOptions {
  /** The worker lives on: every failure is waited out, except that the schema has become another one. */
  readonly livesOn: boolean;
  /** Attempts run or are to be settled: failures that pass by themselves are waited out until the hard end, since what the worker holds would be lost with it. */
  readonly holds: boolean;
}

/**
 * Takes a turn; again, always the same one, since it may have been answered already. A turn whose answer was lost may have claimed jobs: from then on the
 * worker holds something.
 */
export async function takeTurn<Env>(worker: Worker<Env>, turn: Turn, { livesOn, holds }: TakeTurnOptions): Promise<TurnReply> {
  const { budget, clock, logger, store } = worker;
  const retry = backOff(clock, RETRY_MS);
  let mayHold = holds;
  for (;;) {
    try {
      return await store.turn(turn);
    } catch (error) {
      mayHold ||= turn.slots > 0 && isMayflyError(error, "database_reply_lost");
      const again = livesOn ? !isMayflyError(error, "schema_missing") : mayHold && mayPass(error);
      if (!again || budget.remainingMs() <= 0) throw error;
      logger.warn("a turn failed and is repeated", { claimId: turn.claimId, reason: messageOf(error) });
      await clock.sleep(Math.min(retry.next(), budget.remainingMs()));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
