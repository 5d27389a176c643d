/**
 * The operator's client over a driver.
 * @module
 */
import { isBetween, isText, MAX_TEXT } from "../../base/bounds.ts";
import { MayflyError } from "../../base/errors.ts";
import { createIdSource, isUuid } from "../../base/ids.ts";
import { RANGES } from "../../operate/attempt-counts.ts";
import { COUNT_CAP } from "../../operate/listing.ts";
import type { OperatorClient } from "../../operate/operator-client.ts";
import { SUSPEND_MS } from "../../operate/usage.ts";
import { type AskOptions, askOf, onlyRow } from "../ask.ts";
import { decodeRetry } from "../decode.ts";
import type { Param, Row } from "../driver/driver.ts";
import { encodeArray } from "../encode.ts";
import * as statements from "../sql/statements.ts";
import { decodeOverview, decodeQueue } from "./decode-lists.ts";
import { count, decodeQueues, decodeSchedule, decodeTotals, decodeUsage } from "./decode-operator.ts";
import { diagnose } from "./diagnose.ts";
import { listsOf } from "./lists.ts";
import { readAllOf, statement } from "./read-all.ts";
import { signInsOf } from "./sign-ins.ts";

export interface OperatorStoreOptions extends AskOptions {
  /** A worker silent for longer is stale. */
  readonly heartbeatTimeoutMs: number;
  /** How long results are kept. */
  readonly retentionDays: number;
}

/** Names of parked jobs that an overview shows. */
const UNKNOWN_NAMES = "10";
const MAX_PURGED = 10_000;
/** Rows that one call of `clear` deletes, besides whole partitions. */
const CLEARED = "10000";
/** What lists and overviews read is bounded, unless something is wrong. */
const LIST_MS = 5_000;
const OVERVIEW_QUEUES = 20;
const MAX_QUEUES = 500;
const METRICS_CAP = 100_000;
const MAX_RETRIED = 500;

/** An operator's client of the schema `mayfly` in the driver's database. */
export function operatorStore({ heartbeatTimeoutMs, retentionDays, ...options }: OperatorStoreOptions): OperatorClient {
  const asking = askOf(options);
  const { ask, rows, row } = asking;
  const staleMs = String(heartbeatTimeoutMs);
  const dayUsage = statement(statements.statsUsage, String(SUSPEND_MS));
  const newId = createIdSource(options.clock);

  const readAll = readAllOf(options.driver, ask);

  async function read(text: string, params: readonly Param[]): Promise<Row[]> {
    const [found] = await readAll([{ text, params }], LIST_MS);
    return found;
  }

  return {
    async stats() {
      const [live, finished, workers, usage] = await readAll([
        statement(statements.statsLive),
        statement(statements.statsFinished),
        statement(statements.statsWorkers, staleMs),
        dayUsage,
      ]);
      const states = onlyRow(workers);
      return {
        queues: decodeQueues(live, finished),
        workers: { alive: count(states, "alive"), stale: count(states, "stale") },
        usage: decodeUsage(onlyRow(usage)),
      };
    },

    diagnose: () => diagnose(readAll, staleMs, retentionDays),

    ...listsOf(read, staleMs),

    async overview({ range = "hour", queue } = {}) {
      if (!(range in RANGES))
        throw new MayflyError("invalid_options", `range is ${JSON.stringify(range)}; it is one of ${Object.keys(RANGES).join(", ")}.`);
      if (queue !== undefined) checkQueue(queue);
      const { backMs, stepMs } = RANGES[range];
      const [attempts, queues, pulse, unknown, usage] = await readAll(
        [
          statement(statements.overviewAttempts, String(backMs), String(stepMs), queue ?? null),
          statement(statements.queues, String(COUNT_CAP), String(OVERVIEW_QUEUES + 1), null),
          statement(statements.overviewPulse, staleMs),
          statement(statements.overviewUnknown, UNKNOWN_NAMES),
          dayUsage,
        ],
        LIST_MS,
      );
      return decodeOverview({ attempts, queues, pulse: onlyRow(pulse), unknown, usage: onlyRow(usage) }, range, OVERVIEW_QUEUES);
    },

    async metrics() {
      const [queues, attempts, pulses, usage] = await readAll(
        [
          statement(statements.queues, String(METRICS_CAP), String(MAX_QUEUES), null),
          statement(statements.metricsAttempts),
          statement(statements.overviewPulse, staleMs),
          dayUsage,
        ],
        LIST_MS,
      );
      const pulse = onlyRow(pulses);
      return {
        queues: queues.map(decodeQueue),
        attempts: attempts.map(decodeTotals),
        workers: { alive: count(pulse, "alive"), stale: count(pulse, "stale") },
        usage: decodeUsage(onlyRow(usage)),
        ...(pulse.seen_ms ? { lastSeenMs: Number(pulse.seen_ms) } : {}),
      };
    },

    async retryMany(ids) {
      if (ids.length > MAX_RETRIED || !ids.every(isUuid)) throw new MayflyError("invalid_options", `ids takes up to ${MAX_RETRIED} UUIDs.`);
      const retried = await rows(statements.retry, [encodeArray(ids), encodeArray(ids.map(() => newId()))]);
      return retried.map(decodeRetry);
    },

    async purge({ queue, limit = 5_000 } = {}) {
      if (queue !== undefined) checkQueue(queue);
      if (!isBetween(limit, 1, MAX_PURGED))
        throw new MayflyError("invalid_options", `limit is ${limit}; it is a whole number from 1 to ${MAX_PURGED}.`);
      const counts = await row(statements.purge, [queue ?? null, String(limit)]);
      return { ended: count(counts, "ended"), removed: count(counts, "removed") };
    },

    async clear(days = retentionDays) {
      if (!isBetween(days, 1, 30)) throw new MayflyError("invalid_options", `days is ${days}; it is a whole number from 1 to 30.`);
      const counts = await row(statements.clear, [String(days), CLEARED]);
      return { emptied: count(counts, "emptied"), kept: count(counts, "kept"), deleted: count(counts, "deleted") };
    },

    async pauseQueue(queue) {
      await rows(statements.queuePause, [checkQueue(queue)]);
    },

    async resumeQueue(queue) {
      await rows(statements.queueResume, [checkQueue(queue)]);
    },

    async pauseSchedule(application, name) {
      return (await rows(statements.schedulePause, [application, name])).length > 0;
    },

    async resumeSchedule(application, name) {
      return (await rows(statements.scheduleResume, [application, name])).length > 0;
    },

    async schedules() {
      return (await rows(statements.schedules, [])).map(decodeSchedule);
    },

    signIns: signInsOf(asking),
  };
}

function checkQueue(queue: string): string {
  if (isText(queue)) return queue;
  throw new MayflyError("invalid_options", `The queue is ${JSON.stringify(queue)}; it takes 1 to ${MAX_TEXT} characters.`);
}
