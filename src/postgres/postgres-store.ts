/**
 * The store over a driver: picks the statement, orders the parameters, reads the rows, asks again when a reply is lost.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { CancelOutcome } from "../job/jobs-client.ts";
import type { Cost } from "../operate/cost.ts";
import type { Look } from "../store/look.ts";
import type { Store, Turn } from "../store/store.ts";
import { type AskOptions, askOf } from "./ask.ts";
import { decodeFired, decodeJob, decodeLiveJob, decodeLook, decodeOnce, decodeRetry, text } from "./decode.ts";
import { decodeTurn } from "./decode-turn.ts";
import type { Param } from "./driver/driver.ts";
import { DriverError } from "./driver/errors.ts";
import { encodeArray, encodeCost, encodeFires, encodeRequest, encodeSettlements } from "./encode.ts";
import { meterOf } from "./meter.ts";
import { producerStore } from "./producer-store.ts";
import * as statements from "./sql/statements.ts";

/** What `mayfly.enqueue_once_v1` raises for a key that was used for something else. */
const REUSED = "MF004";

/** A store in the schema `mayfly` of the driver's database. */
export function postgresStore(options: AskOptions): Store {
  const meter = meterOf(options.driver, options.clock);
  const { driver } = meter;
  const { rows, row } = askOf({ ...options, driver });

  return {
    ...producerStore({ ...options, driver }),

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

    async turn(turn, patience) {
      const reply = decodeTurn(await rows(statements.turn, turnParams(turn, turn.leave ? meter.tell() : undefined), patience));
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
