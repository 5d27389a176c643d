/**
 * Workers that can be frozen: they are heard of no more while their handlers go on, are taken for dead, and come back.
 * @module
 */
import assert from "node:assert/strict";
import type { Handler } from "../../src/job/handler.ts";
import type { Store } from "../../src/store/store.ts";
import { drain } from "../../src/worker/drain.ts";
import type { TurnCounts } from "../../src/worker/turn-counts.ts";
import { openDatabase, type TestDatabase } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";
import { newTick } from "../support/samples.ts";
import { createWorker, recordingLogger } from "../support/worker.ts";
import { sharedServer } from "./shared-server.ts";

const HEARTBEAT = { intervalMs: 40, timeoutMs: 200 };
const RESCUERS = 3;

export interface Life {
  readonly workerId: string;
  /** From now on its turns are withheld. Resolves once none is under way. */
  freeze(): Promise<void>;
  thaw(): void;
  /** When it has come to its end. */
  readonly ended: Promise<TurnCounts>;
}

export interface Freezer {
  readonly database: TestDatabase;
  /** Codes of the reasons for which handlers of lost attempts were stopped. */
  readonly reasons: string[];
  /** Begins the life of a worker on a connection of its own. */
  start(handlers: readonly Handler<undefined>[], slots?: number): Life;
  /** Begins one, freezes it once `busy`, and waits until rescuers have taken so many attempts from it. */
  die(handlers: readonly Handler<undefined>[], busy: Promise<void>, attempts: number): Promise<Life>;
  /** Does not return until told to stop; notes why. */
  hang(signal: AbortSignal): Promise<never>;
}

export async function withFreezer(version: PostgresVersion, run: (freezer: Freezer) => Promise<void>): Promise<void> {
  const server = await sharedServer(version);
  const database = await server.database();
  const reasons: string[] = [];
  const lives: (Life & { close(): Promise<void> })[] = [];

  function start(handlers: readonly Handler<undefined>[], slots = 20): Life {
    const connection = openDatabase(database.url, 1);
    let gate = Promise.resolve();
    let thaw = () => {};
    let underWay: Promise<unknown> = gate;
    const store: Store = {
      ...connection.store,
      async turn(turn, callOptions) {
        await gate;
        const answer = connection.store.turn(turn, callOptions);
        underWay = answer;
        return await answer;
      },
    };
    const worker = createWorker({ store, handlers, slots, heartbeat: HEARTBEAT, logger: recordingLogger() });
    const life = {
      workerId: worker.id,
      async freeze() {
        const { promise, resolve } = Promise.withResolvers<void>();
        gate = promise;
        thaw = resolve;
        await Promise.allSettled([underWay]);
      },
      thaw: () => thaw(),
      ended: drain(worker, { park: true, waitMs: 0 }),
      close: () => connection.close(),
    };
    lives.push(life);
    return life;
  }

  const freezer: Freezer = {
    database,
    reasons,
    start,
    async die(handlers, busy, attempts) {
      const life = start(handlers);
      await busy;
      await life.freeze();
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour' where id = $1", [life.workerId]);
      await rescue(database, attempts);
      return life;
    },
    hang: (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          reasons.push((signal.reason as { code: string }).code);
          reject(signal.reason as Error);
        });
      }),
  };
  try {
    await run(freezer);
  } finally {
    for (const life of lives) life.thaw();
    await Promise.allSettled(lives.map(({ ended }) => ended));
    await Promise.all([...lives.map((life) => life.close()), database.close()]);
  }
}

/** Several look at once until so many attempts are lost, and never more. */
async function rescue({ url }: TestDatabase, attempts: number): Promise<void> {
  let lost = 0;
  const rescuer = async () => {
    const { store, close } = openDatabase(url, 1);
    while (lost < attempts) {
      const seen = await store.tick(newTick({ staleMs: 60_000, limit: 3 }));
      lost += seen.lost;
      assert.deepEqual(seen.failed, []);
    }
    await close();
  };
  await Promise.all(Array.from({ length: RESCUERS }, rescuer));
  assert.equal(lost, attempts);
}

/** Resolves once it has been called so many times. */
export function countdown(times: number): { readonly done: Promise<void>; tick(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = times;
  return {
    done: promise,
    tick() {
      if (--left === 0) resolve();
    },
  };
}
