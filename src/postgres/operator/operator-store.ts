/**
 * The operator's client over a driver.
 * @module
 */
import { isBetween, isText, MAX_TEXT } from "../../base/bounds.ts";
import { MayflyError } from "../../base/errors.ts";
import { createIdSource, isUuid } from "../../base/ids.ts";
import { COUNT_CAP } from "../../operate/listing.ts";
import type { OperatorClient } from "../../operate/operator-client.ts";
import { RANGES } from "../../operate/tally.ts";
import { SUSPEND_MS } from "../../operate/usage.ts";
import { type AskOptions, askOf, onlyRow } from "../ask.ts";
import { decodeRetry } from "../decode.ts";
import type { Param, Row, Statement } from "../driver/driver.ts";
import { encodeArray } from "../encode.ts";
import { schemaVersion } from "../sql/schema-version.ts";
import * as statements from "../sql/statements.ts";
import { decodeOverview, decodeQueue } from "./decode-lists.ts";
import {
  count,
  decodeDeadRows,
  decodeHeld,
  decodeParked,
  decodeQueues,
  decodeReady,
  decodeSchedule,
  decodeSchema,
  decodeStaleWorker,
  decodeTotals,
  decodeUsage,
} from "./decode-operator.ts";
import { listsOf } from "./lists.ts";
import { signInsOf } from "./sign-ins.ts";

export interface OperatorStoreOptions extends AskOptions {
  /** A worker silent for longer is stale. */
  readonly heartbeatTimeoutMs: number;
  /** How long results are kept. */
  readonly retentionDays: number;
}

/** Rows of each kind that an examination lists. */
const FEW = "10";
const MOST_PURGED = 10_000;
/** Counting all results of a month takes longer than a call normally may. */
const READ_MS = 60_000;
/** What lists and overviews read is bounded, unless something is wrong. */
const LIST_MS = 5_000;
const OVERVIEW_QUEUES = 20;
const MOST_QUEUES = 500;
const METRICS_CAP = 100_000;
const MOST_RETRIED = 500;

/** An operator's client of the schema `mayfly` in the driver's database. */
export function operatorStore({ heartbeatTimeoutMs, retentionDays, ...options }: OperatorStoreOptions): OperatorClient {
  const asking = askOf(options);
  const { ask, rows, row } = asking;
  const staleMs = String(heartbeatTimeoutMs);
  const dayCost = statement(statements.statsCost, String(SUSPEND_MS));
  const newId = createIdSource(options.clock);

  /** Several statements in one round trip, none of which may take longer than this. */
  async function readAll<const Parts extends readonly Statement[]>(
    parts: Parts,
    limitMs = READ_MS,
  ): Promise<{ [Part in keyof Parts]: Row[] }> {
    const all = [statement(statements.readLimit, `${limitMs}ms`), ...parts];
    const [, ...found] = await ask(() => options.driver.transaction(all, { readOnly: true, timeoutMs: 2 * limitMs }));
    return found as { [Part in keyof Parts]: Row[] };
  }

  async function read(text: string, params: readonly Param[]): Promise<Row[]> {
    const [found] = await readAll([{ text, params }], LIST_MS);
    return found;
  }

  return {
    async stats() {
      const [live, finished, workers, cost] = await readAll([
        statement(statements.statsLive),
        statement(statements.statsFinished),
        statement(statements.statsWorkers, staleMs),
        dayCost,
      ]);
      const told = onlyRow(workers);
      return {
        queues: decodeQueues(live, finished),
        workers: { alive: count(told, "alive"), stale: count(told, "stale") },
        cost: decodeUsage(onlyRow(cost)),
      };
    },

    async doctor() {
      const [ledger, pulse, ready, workers, parked, held, slots, dead, [open]] = await readAll([
        statement(statements.migrationLedger),
        statement(statements.doctorPulse),
        statement(statements.doctorReady, FEW),
        statement(statements.doctorWorkers, staleMs, FEW),
        statement(statements.doctorParked, FEW),
        statement(statements.doctorHeld, FEW),
        statement(statements.doctorSlots, String(retentionDays)),
        statement(statements.doctorDeadRows, FEW),
        statement(statements.doctorTransactions),
      ]);
      const [seen, slot] = [onlyRow(pulse).seen_ms, onlyRow(slots)];
      return {
        schema: decodeSchema(ledger, schemaVersion),
        lastSeenMs: seen ? Number(seen) : null,
        ready: ready.map(decodeReady),
        staleWorkers: workers.map(decodeStaleWorker),
        parked: parked.map(decodeParked),
        held: held.map(decodeHeld),
        resultSlots: { used: count(slot, "used"), past: count(slot, "past") },
        deadRows: dead.map(decodeDeadRows),
        ...(open
          ? { longestTransaction: { ageMs: count(open, "age_ms"), application: open.application_name ?? "", state: open.state ?? "" } }
          : {}),
      };
    },

    ...listsOf(read, staleMs),

    async overview({ range = "hour", queue } = {}) {
      if (!(range in RANGES))
        throw new MayflyError("invalid_options", `range is ${JSON.stringify(range)}; it is one of ${Object.keys(RANGES).join(", ")}.`);
      if (queue !== undefined) checkQueue(queue);
      const { backMs, stepMs } = RANGES[range];
      const [tallies, queues, pulse, unknown, cost] = await readAll(
        [
          statement(statements.overviewTallies, String(backMs), String(stepMs), queue ?? null),
          statement(statements.queues, String(COUNT_CAP), String(OVERVIEW_QUEUES + 1)),
          statement(statements.overviewPulse, staleMs),
          statement(statements.overviewUnknown, FEW),
          dayCost,
        ],
        LIST_MS,
      );
      return decodeOverview({ tallies, queues, pulse: onlyRow(pulse), unknown, cost: onlyRow(cost) }, range, OVERVIEW_QUEUES);
    },

    async metrics() {
      const [queues, attempts, pulses, cost] = await readAll(
        [
          statement(statements.queues, String(METRICS_CAP), String(MOST_QUEUES)),
          statement(statements.metricsAttempts),
          statement(statements.overviewPulse, staleMs),
          dayCost,
        ],
        LIST_MS,
      );
      const pulse = onlyRow(pulses);
      return {
        queues: queues.map(decodeQueue),
        attempts: attempts.map(decodeTotals),
        workers: { alive: count(pulse, "alive"), stale: count(pulse, "stale") },
        cost: decodeUsage(onlyRow(cost)),
        ...(pulse.seen_ms ? { lastSeenMs: Number(pulse.seen_ms) } : {}),
      };
    },

    async queues() {
      return (await read(statements.queues, [String(COUNT_CAP), String(MOST_QUEUES)])).map(decodeQueue);
    },

    async retryMany(ids) {
      if (ids.length > MOST_RETRIED || !ids.every(isUuid))
        throw new MayflyError("invalid_options", `ids takes up to ${MOST_RETRIED} UUIDs.`);
      const retried = await rows(statements.retryMany, [encodeArray(ids), encodeArray(ids.map(() => newId()))]);
      return retried.map(decodeRetry);
    },

    async purge({ queue, most = 5_000 } = {}) {
      if (queue !== undefined) checkQueue(queue);
      if (!isBetween(most, 1, MOST_PURGED))
        throw new MayflyError("invalid_options", `most is ${most}; it is a whole number from 1 to ${MOST_PURGED}.`);
      const told = await row(statements.purge, [queue ?? null, String(most)]);
      return { ended: count(told, "ended"), removed: count(told, "removed") };
    },

    async clear(days = retentionDays) {
      if (!isBetween(days, 1, 30)) throw new MayflyError("invalid_options", `days is ${days}; it is a whole number from 1 to 30.`);
      const told = await row(statements.clear, [String(days)]);
      return { emptied: count(told, "emptied"), kept: count(told, "kept") };
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

function statement(text: string, ...params: Param[]): Statement {
  return { text, params };
}

function checkQueue(queue: string): string {
  if (isText(queue)) return queue;
  throw new MayflyError("invalid_options", `The queue is ${JSON.stringify(queue)}; it takes 1 to ${MAX_TEXT} characters.`);
}
