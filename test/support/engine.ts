/**
 * The engine over one Postgres, for tests of what it does with one job after the other.
 * @module
 */
import assert from "node:assert/strict";
import type { Clock } from "../../src/base/clock.ts";
import type { JobAttempt, JobStatus } from "../../src/job/jobs-client.ts";
import { drain } from "../../src/worker/drain.ts";
import type { TurnCounts } from "../../src/worker/turn-counts.ts";
import { type TestDatabase, useDatabase } from "./database.ts";
import { newTick } from "./samples.ts";
import { createWorker, type WorkerOptions } from "./worker.ts";

export interface Engine {
  readonly database: TestDatabase;
  /** Runs what there is with these handlers, once through. */
  run<Env = undefined>(options: Omit<WorkerOptions<Env>, "store">, waitMs?: number): Promise<TurnCounts>;
  status(id: string): Promise<JobStatus>;
  attempts(id: string): Promise<readonly JobAttempt[]>;
  /** Declares the attempts of all workers lost. */
  loseAll(): Promise<void>;
  /** Makes everything that is scheduled due. */
  makeDue(): Promise<void>;
  /** A clock whose sleeper sees time pass at once: in the database too. */
  readonly clock: Clock;
}

/** Opens it before the tests of a file, and empties it before each of them. */
export function useEngine(): Engine {
  const database = useDatabase();
  const status = async (id: string) => {
    const job = await database.store.job(id);
    assert.ok(job);
    return job;
  };
  let passed = 0;
  return {
    database,
    run: (options, waitMs = 0) => drain(createWorker({ ...options, store: database.store }), { park: true, waitMs }),
    status,
    attempts: async (id) => (await status(id)).attempts,
    async loseAll() {
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      await database.store.tick(newTick({ queues: [] }));
    },
    async makeDue() {
      await database.sql("update mayfly.scheduled set run_at = now() where run_at is not null");
    },
    clock: {
      now: () => Date.now() + passed,
      after: () => () => {},
      async sleep(ms, signal) {
        // Whoever sleeps with a signal only watches the time.
        if (signal) return await new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        passed += ms;
        await database.sql("update mayfly.scheduled set run_at = run_at - $1 * interval '1 millisecond'", [ms]);
      },
    },
  };
}
