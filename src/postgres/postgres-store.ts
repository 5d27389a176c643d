/**
 * The store over a driver: picks the statement, orders the parameters, reads the rows, asks again when a reply is lost.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { CancelOutcome } from "../job/jobs-client.ts";
import type { Usage } from "../operate/usage.ts";
import type { Store } from "../store/store.ts";
import type { Presence, Turn } from "../store/turn.ts";
import { type AskOptions, askOf } from "./ask.ts";
import { decodeFired, decodeLiveJob, decodeMaintain, decodeOnce, decodeRetry, decodeTick, text } from "./decode.ts";
import { decodeJob } from "./decode-job.ts";
import { decodeTurn } from "./decode-turn.ts";
import type { Param } from "./driver/driver.ts";
import { DriverError } from "./driver/errors.ts";
import { encodeArray, encodeFires, encodeRequest, encodeSettlements, encodeUsage } from "./encode.ts";
import { meterOf } from "./meter.ts";
import { countStore, enqueueStore } from "./producer-store.ts";
import * as statements from "./sql/statements.ts";
import { transactionStore } from "./transaction-store.ts";
import { encodeRanges, rangesOf, type ScanRanges } from "./watermarks.ts";

/** What `mayfly.enqueue_once_v1` raises for a key that was used for something else. */
const REUSED = "MF004";

/** Without a key, live jobs of a definition are looked for among so many. */
const BUDGET = "10000";

/** A store in the schema `mayfly` of the driver's database. */
export function postgresStore(options: AskOptions): Store {
  const meter = meterOf(options.driver, options.clock);
  const asking = { ...options, driver: meter.driver };
  const { rows, row } = askOf(asking);

  return {
    ...enqueueStore(asking),
    ...transactionStore(asking),
    ...countStore(asking),

    async enqueueOnce({ id, digest }, jobs, callOptions) {
      try {
        return decodeOnce(await rows(statements.enqueueOnce, [id, digest, encodeRequest(jobs)], callOptions));
      } catch (error) {
        if (!(error instanceof DriverError) || error.sqlState !== REUSED) throw error;
        throw new MayflyError("idempotency_key_reused", "This key was used for another request. A new request takes a new key.", {
          cause: error,
        });
      }
    },

    async turn(turn, callOptions) {
      const ranges = rangesOf(turn.watermarks, turn.readyFrom);
      const usage = turn.presence?.leave ? meter.tell() : undefined;
      const reply = decodeTurn(await rows(statements.turn, turnParams(turn, ranges, usage), callOptions), ranges);
      meter.claimed(reply.jobs.length);
      return reply;
    },

    async tick({ workerId, staleMs, limit, queues, set }, callOptions) {
      const options = JSON.stringify({ ...set, worker: workerId, usage: encodeUsage(meter.tell()) });
      return decodeTick(await row(statements.tick, [String(staleMs), String(limit), encodeArray(queues), options], callOptions));
    },

    async maintain(retentionDays, limit, callOptions) {
      const days = retentionDays === null ? null : String(retentionDays);
      return decodeMaintain(await rows(statements.maintain, [days, String(limit)], callOptions));
    },

    async job(id, callOptions) {
      return decodeJob(await row(statements.job, [id], callOptions));
    },

    async liveJobs({ name, key, running, most }, callOptions) {
      const found = await rows(statements.liveJobs, [name, key, String(running), String(most), BUDGET], callOptions);
      return found.map(decodeLiveJob);
    },

    async cancel(id, callOptions) {
      return text(await row(statements.cancel, [id], callOptions), "outcome") as CancelOutcome;
    },

    async retry(id, newId, callOptions) {
      return decodeRetry(await row(statements.retry, [encodeArray([id]), encodeArray([newId])], callOptions));
    },

    async producerJobs(producer, ids, most, callOptions) {
      const counted = await row(statements.producerJobs, [producer, encodeArray(ids), String(most)], callOptions);
      return Number(text(counted, "live"));
    },

    async announceSchedules({ application, hash }, schedules, callOptions) {
      const list = schedules.map(({ name, nextAt, definition }) => ({ name, next_at: nextAt, definition }));
      const told = await row(statements.announceSchedules, [application, hash, JSON.stringify(list)], callOptions);
      return text(told, "set_state") as "current" | "older";
    },

    usage: () => ({ ...meter.total, ms: Math.round(meter.total.ms) }),

    async fireSchedules(application, fires, callOptions) {
      const found = await rows(statements.fire, [application, encodeFires(fires)], callOptions);
      return found.map(decodeFired);
    },
  };
}

function turnParams(turn: Turn, ranges: ScanRanges, usage: Usage | undefined): Param[] {
  const { queues, names, hookNames, maxTimeoutMs, maxBytes, park } = turn.capacity;
  const { done, doneClaims, doneCounts, settled } = encodeSettlements(turn.settle);
  return [
    turn.workerId,
    turn.claimId,
    String(turn.slots),
    encodeArray(queues),
    encodeArray(names),
    encodeArray(hookNames),
    // Infinity: whatever a time-out can be.
    String(Math.min(Math.floor(maxTimeoutMs), Number.MAX_SAFE_INTEGER)),
    String(maxBytes),
    String(park),
    done,
    doneClaims,
    doneCounts,
    settled,
    turn.watermarks && encodeRanges(ranges),
    turn.presence && JSON.stringify(encodePresence(turn.presence, queues, usage)),
  ];
}

function encodePresence(presence: Presence, queues: readonly string[], usage: Usage | undefined) {
  return {
    queues,
    runtime: presence.runtime,
    host: presence.host,
    deadline_at: presence.deadlineAt,
    heartbeat_ms: presence.heartbeatMs,
    listen: presence.listen,
    leave: presence.leave,
    active_claims: presence.activeClaims ?? undefined,
    usage: usage && encodeUsage(usage),
  };
}
