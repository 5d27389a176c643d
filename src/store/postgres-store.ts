/**
 * The store over a driver: picks the statement, orders the parameters, reads the rows, asks again when a reply is lost.
 * @module
 */

import type { Cost } from "../core/cost.ts";
import { MayflyError } from "../core/errors.ts";
import type { CancelOutcome, StatementTuple, TransactionResult } from "../core/jobs-client.ts";
import type { NewJob } from "../core/new-job.ts";
import type { Param } from "../driver/driver.ts";
import { DriverError } from "../driver/errors.ts";
import { statements } from "../sql/statements.ts";
import { type AskOptions, askOf } from "./ask.ts";
import {
  decodeFired,
  decodeJob,
  decodeLiveCount,
  decodeLiveJob,
  decodeLook,
  decodeOnce,
  decodeRefused,
  decodeRetry,
  decodeTurn,
  text,
} from "./decode.ts";
import { encodeArray, encodeCost, encodeFires, encodeNewJobs, encodeRequest, encodeSettlements } from "./encode.ts";
import type { Look } from "./look.ts";
import { meterOf } from "./meter.ts";
import type { SqlStatement, Store, Turn } from "./store.ts";

/** What `mayfly.enqueue_v1` raises in strict mode: the id is known, the key is held, the limit is reached. */
const REFUSALS = { MF001: "already_committed", MF002: "blocked", MF003: "limited" } as const;

/** What `mayfly.enqueue_once_v1` raises for a key that was used for something else. */
const REUSED = "MF004";

/** A store in the schema `mayfly` of the driver's database. */
export function postgresStore(options: AskOptions): Store {
  const meter = meterOf(options.driver, options.clock);
  const { driver } = meter;
  const { ask, rows, row } = askOf({ ...options, driver });

  return {
    async enqueue(jobs, patience) {
      const refused = decodeRefused(jobs, await row(statements.enqueueAll, [encodeNewJobs(jobs)], patience));
      return jobs.map(({ id }, index) => refused.get(index) ?? { id, outcome: "enqueued" });
    },

    async enqueueOnce({ id, digest }, jobs, patience) {
      try {
        return decodeOnce(await rows(statements.enqueueOnce, [id, digest, encodeRequest(jobs)], patience));
      } catch (error) {
        if (!(error instanceof DriverError) || error.sqlState !== REUSED) throw error;
        throw new MayflyError("idempotency_key_reused", "This key was used for another request. A new request takes a new key.", {
          cause: error,
        });
      }
    },

    enqueueStatement,

    transaction(list, patience) {
      if (!isGuarded(list)) {
        throw new MayflyError(
          "unguarded_transaction",
          "The first statement of a transaction must be an enqueue's, as jobs.statement() makes it: without it a transaction whose reply is lost cannot be repeated.",
        );
      }
      const parsed = list.map(([text, params]) => ({ text, params }));
      return ask(async (failures): Promise<TransactionResult> => {
        try {
          return { outcome: "committed", rows: await driver.transaction(parsed, patience) };
        } catch (error) {
          if (allowsBlocked(list) && error instanceof DriverError && error.failure === "unknown") {
            const message =
              "No answer came, and with allowBlocked a repeat could happen twice: the job may have been left out. See whether your rows are there.";
            throw new MayflyError("database_reply_lost", message, { cause: error });
          }
          const code = refusal(error);
          if (!code) throw error;
          const repeated = failures.some(({ failure }) => failure === "unknown");
          if (code === "already_committed" && repeated) return { outcome: "already_committed", rows: [] };
          throw new MayflyError(code, `The transaction was rolled back: ${(error as DriverError).message}`, { cause: error });
        }
      }, patience);
    },

    async liveCounts(groups, patience) {
      const found = await rows(statements.liveCount, [JSON.stringify(groups)], patience);
      return found.map(decodeLiveCount);
    },

    async turn(turn, patience) {
      const reply = decodeTurn(await row(statements.turn, turnParams(turn, turn.leave ? meter.tell() : undefined), patience));
      meter.claimed(reply.jobs.length);
      return reply;
    },

    async look({ workerId, staleMs, most, queues, set, retentionDays }: Look, patience) {
      const options = JSON.stringify({ ...set, worker: workerId, retention_days: retentionDays, cost: encodeCost(meter.tell()) });
      return decodeLook(await row(statements.look, [String(staleMs), String(most), encodeArray(queues), options], patience));
    },

    async job(id, patience) {
      return decodeJob(await row(statements.job, [id], patience));
    },

    async liveJobs({ name, key, running, most }, patience) {
      const found = await rows(statements.liveJobs, [name, key, String(running), String(most)], patience);
      return found.map(decodeLiveJob);
    },

    async cancel(id, patience) {
      return text(await row(statements.cancel, [id], patience), "outcome") as CancelOutcome;
    },

    async retry(id, newId, patience) {
      return decodeRetry(await row(statements.retry, [id, newId], patience));
    },

    async announceSchedules({ application, hash }, schedules, patience) {
      const list = schedules.map(({ name, nextAt, definition }) => ({ name, next_at: nextAt, definition }));
      const told = await row(statements.announceSchedules, [application, hash, JSON.stringify(list)], patience);
      return text(told, "set_state") as "current" | "older";
    },

    cost: () => ({ ...meter.total, ms: Math.round(meter.total.ms) }),

    async fireSchedules(application, fires, patience) {
      const found = await rows(statements.fire, [application, encodeFires(fires)], patience);
      return found.map(decodeFired);
    },
  };
}

function enqueueStatement(jobs: readonly NewJob[], allowBlocked: boolean): StatementTuple {
  return [statements.enqueue, [encodeNewJobs(jobs), "true", String(allowBlocked)]];
}

function isGuarded([first]: readonly SqlStatement[]): boolean {
  return first !== undefined && first[0] === statements.enqueue && first[1][1] === "true";
}

/** Then its first statement does not refuse to happen twice, where the key was held. */
function allowsBlocked([first]: readonly SqlStatement[]): boolean {
  return first?.[1][2] === "true";
}

function refusal(error: unknown) {
  if (!(error instanceof DriverError) || error.sqlState === undefined) return undefined;
  return REFUSALS[error.sqlState as keyof typeof REFUSALS];
}

function turnParams(turn: Turn, cost: Cost | undefined): Param[] {
  const { done, doneClaims, settled } = encodeSettlements(turn.settle);
  const { runtime, host, deadlineAt, heartbeatMs } = turn.worker;
  const options = {
    runtime,
    host,
    deadline_at: deadlineAt,
    heartbeat_ms: heartbeatMs,
    fits_ms: turn.fitsMs,
    park: turn.park,
    listen: turn.listen,
    leave: turn.leave,
    hooked: turn.hooked,
    holding: turn.holding ?? undefined,
    cost: cost && encodeCost(cost),
  };
  return [
    turn.workerId,
    turn.claimId,
    String(turn.slots),
    encodeArray(turn.queues),
    encodeArray(turn.names),
    done,
    doneClaims,
    settled,
    turn.marks,
    JSON.stringify(options),
  ];
}
