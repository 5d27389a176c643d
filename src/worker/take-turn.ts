/**
 * One turn, asked for again while the worker holds jobs that only it can settle.
 * @module
 */
import { isMayflyError } from "../base/errors.ts";
import type { Settlement } from "../store/settlement.ts";
import type { ActiveClaim, Turn, TurnReply, Watermarks } from "../store/turn.ts";
import type { Worker } from "./worker.ts";

export interface TurnRequest {
  readonly claimId: string;
  readonly slots: number;
  readonly settle: readonly Settlement[];
  readonly park: boolean;
  readonly listen?: boolean;
  readonly leave: boolean;
  readonly marks: Watermarks | null;
  readonly holding: readonly ActiveClaim[] | null;
}

/** Between repeats of a turn, after those of the store have failed. */
const RETRY_MS = 2_000;
/** Bytes of large payloads in one claim: a sixteenth of the memory that a Worker has. */
const MAX_CLAIM_BYTES = 8 * 1024 * 1024;
/** The heartbeat's row is written at most this often. */
const HEARTBEAT_WRITE_MS = 5_000;

/**
 * When a turn that failed is taken again, until the hard end: `never`, unless there are attempts to settle; `unanswered`, when the database gave
 * no answer; `always`, for a worker that lives on, whatever it was.
 */
export type Persistence = "never" | "unanswered" | "always";

/** Takes a turn; again, always the same one, since it may have been answered already. */
export async function takeTurn<Env>(worker: Worker<Env>, request: TurnRequest, persistence: Persistence): Promise<TurnReply> {
  const { budget, clock, handlers, heartbeat } = worker;
  const fitting = [...handlers].filter(([, { definition }]) => budget.fits(definition.timeoutMs));
  const turn: Turn = {
    workerId: worker.id,
    claimId: request.claimId,
    slots: request.slots,
    settle: request.settle,
    watermarks: request.leave ? null : request.marks,
    capacity: {
      queues: worker.queues,
      names: fitting.map(([name]) => name),
      hookNames: fitting.filter(([, { onAborted, onFailed }]) => onAborted ?? onFailed).map(([name]) => name),
      maxTimeoutMs: budget.remainingMs(),
      maxBytes: MAX_CLAIM_BYTES,
      park: request.park,
    },
    presence: {
      runtime: worker.runtime,
      host: worker.host,
      deadlineAt: Number.isFinite(budget.hardEnd) ? new Date(budget.hardEnd).toISOString() : null,
      heartbeatMs: Math.floor(Math.min(HEARTBEAT_WRITE_MS, heartbeat.intervalMs / 2)),
      ...(request.listen === undefined ? {} : { listen: request.listen }),
      leave: request.leave,
      activeClaims: request.holding,
    },
  };
  for (;;) {
    try {
      return await worker.store.turn(turn);
    } catch (error) {
      const unanswered = isMayflyError(error, "database_unreachable") || isMayflyError(error, "database_reply_lost");
      const again = persistence === "always" || (unanswered && (persistence === "unanswered" || request.settle.length > 0));
      if (!again || budget.remainingMs() <= 0) throw error;
      worker.logger.warn("a turn got no answer and is asked for again", { claimId: request.claimId, reason: messageOf(error) });
      await clock.sleep(Math.min(RETRY_MS, budget.remainingMs()));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
