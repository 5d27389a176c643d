/**
 * The engine with faults (test/adapters/workers/faults.ts), as a test drives it: faults, time that passes without being waited for, and what has become of jobs.
 * @module
 */
import assert from "node:assert/strict";
import type { LedgerStatus } from "../../src/wake/status.ts";
import type { Faults } from "../adapters/workers/fault-words.ts";
import { until } from "./condition.ts";
import { empty } from "./content.ts";
import type { TestDatabase } from "./database.ts";

/** The Worker, by whatever runs it. */
export interface FaultyWorker {
  send(
    path: string,
    init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
  ): Promise<Response>;
  /** Fires its cron trigger, and waits for its end. */
  cron(): Promise<unknown>;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export function faultyEngine(database: () => TestDatabase, worker: () => FaultyWorker) {
  let faults: Faults = {};

  async function ask<Answer>(path: string, body?: object): Promise<Answer> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await worker().send(path, { ...init, headers: { authorization: "Bearer token-of-a-test" } });
    const text = await response.text();
    assert.ok(response.ok, `${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  async function set(next: Faults): Promise<void> {
    faults = { clockMs: faults.clockMs ?? 0, ...next };
    await ask("/faults", faults);
  }

  const ledger = () => ask<LedgerStatus>("/ledger");

  async function outcomes(): Promise<string[]> {
    const rows = await database().sql<{ text: string }>("select name || ' ' || outcome as text from mayfly.result order by text");
    return rows.map(({ text }) => text);
  }

  return {
    ask,
    ledger,
    outcomes,
    cron: () => worker().cron(),
    /** From here on these faults hold, and no others; a clock that is wrong stays so unless another is given. */
    set,
    enqueue: (...jobs: readonly object[]) => ask("/v1/jobs", jobs.length === 1 ? (jobs[0] as object) : { jobs }),
    /** Puts jobs in by SQL, and tells nobody. */
    async putIn(...jobs: readonly object[]): Promise<void> {
      await database().sql("select from mayfly.enqueue_v1($1::text::jsonb)", [JSON.stringify(jobs)]);
    },
    wake: () => ask("/wake", {}),
    ring: () => ask("/ring", {}),
    forget: () => ask("/forget", {}),
    crash: (lane: string) => ask(`/crash?${lane}`, {}),
    /** So much time passes, for the ledger and in the database. An alarm that would have come meanwhile has not. */
    async pass(ms: number): Promise<void> {
      await database().sql("update mayfly.scheduled set run_at = run_at - $1 * interval '1 millisecond' where run_at is not null", [ms]);
      await database().sql("update mayfly.worker set heartbeat_at = heartbeat_at - $1 * interval '1 millisecond'", [ms]);
      await set({ ...faults, clockMs: (faults.clockMs ?? 0) + ms });
    },
    /** Waits until no job lives, and says what has become of each attempt. */
    async ended(): Promise<string[]> {
      await until(async () => (await database().sql("select from mayfly.live limit 1")).length === 0);
      return await outcomes();
    },
    /** Waits until nobody is at work, as the ledger knows. */
    async quiet(): Promise<void> {
      await until(async () => {
        const { lanes, others } = await ledger();
        return lanes + others === 0;
      });
    },
    /** Without faults, and with nothing in the ledger or the database but a look. */
    async fresh(): Promise<void> {
      faults = {};
      await set({ clockMs: 0 });
      await ask("/forget", {});
      await worker().cron();
      await this.quiet();
      await until(async () => (await database().sql("select from mayfly.worker where left_at is null")).length === 0);
      await empty(database());
    },
  };
}
