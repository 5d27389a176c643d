/**
 * One turn, asked for again while the worker holds jobs that only it can settle.
 * @module
 */
import { isMayflyError } from "../core/errors.ts";
import type { Settlement } from "../core/outcome.ts";
import type { Marks, TurnReply } from "../store/store.ts";
import type { Worker } from "./worker.ts";

export interface TurnRequest {
  readonly claimId: string;
  readonly slots: number;
  readonly settle: readonly Settlement[];
  readonly park: boolean;
  readonly leave: boolean;
  readonly marks: Marks | null;
  readonly holding: readonly (readonly [id: string, claimId: string])[] | null;
}

/** Between repeats of a turn, after those of the store have failed. */
const RETRY_MS = 2_000;
/** The heartbeat's row is written at most this often. */
const HEARTBEAT_WRITE_MS = 5_000;

/**
 * Takes a turn. While `holding`, or with attempts to settle, an unreachable database is asked again until the hard
 * end, always with the same turn: it may have been answered already.
 */
export async function takeTurn<Env>(worker: Worker<Env>, request: TurnRequest, holding: boolean): Promise<TurnReply> {
  const { budget, clock, handlers, heartbeat } = worker;
  const fitting = [...handlers].filter(([, { definition }]) => budget.fits(definition.timeoutMs));
  const turn = {
    ...request,
    workerId: worker.id,
    queues: worker.queues,
    names: fitting.map(([name]) => name),
    hooked: fitting.filter(([, { onAborted, onFailed }]) => onAborted ?? onFailed).map(([name]) => name),
    fitsMs: budget.remainingMs(),
    worker: {
      runtime: worker.runtime,
      host: worker.host,
      deadlineAt: new Date(budget.hardEnd).toISOString(),
      heartbeatMs: Math.min(HEARTBEAT_WRITE_MS, heartbeat.intervalMs / 2),
    },
  };
  for (;;) {
    try {
      return await worker.store.turn(turn);
    } catch (error) {
      const unanswered = isMayflyError(error, "database_unreachable") || isMayflyError(error, "database_reply_lost");
      if (!unanswered || budget.remainingMs() <= 0 || !(holding || request.settle.length > 0)) throw error;
      worker.logger.warn("a turn got no answer and is asked for again", { claimId: request.claimId, reason: error.message });
      await clock.sleep(Math.min(RETRY_MS, budget.remainingMs()));
    }
  }
}
