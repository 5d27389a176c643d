/**
 * Many at once on connections of their own, over a good network: workers that end jobs in every way and die, and those who rescue.
 * @module
 */
import { systemClock } from "../../src/app/system-clock.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import type { Store } from "../../src/store/store.ts";
import { settleDeferral, settleError, settleSuccess } from "../../src/worker/outcome.ts";
import type { TestDatabase } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";
import { type Random, seeded } from "../support/random.ts";
import { newId, newTick, newTurn } from "../support/samples.ts";
import { sharedDatabase } from "./shared-server.ts";

export interface Crowd {
  readonly database: TestDatabase;
  readonly store: Store;
  readonly random: Random;
  /** SQLSTATEs met, also those that were asked again. */
  readonly states: string[];
  /** When the last result of a job was known to its worker, in milliseconds. */
  readonly endedAt: Map<string, number>;
  readonly deaths: { count: number };
  /** Resolves once something may have changed: a job has ended, or a rescuer has looked. */
  stirs(): Promise<void>;
  stir(): void;
  /** Nothing is left to do. */
  over: boolean;
}

/** A stale worker is one that says so: see `die`. */
const STALE_MS = 60_000;

/** A machine that is busy with other things is no fault of the queue's; a call that never ends is. */
const CALL_MS = 60_000;

/** On an empty database of this version; told by a seed of its own. */
export async function inCrowd(version: PostgresVersion, seed: number, run: (crowd: Crowd) => Promise<void>): Promise<void> {
  const database = await sharedDatabase(version);
  const { driver, states } = noteStates(pg(database.pool, { timeoutMs: CALL_MS }));
  const random = seeded(seed);
  let stirred = Promise.withResolvers<void>();
  const stir = () => {
    stirred.resolve();
    stirred = Promise.withResolvers();
  };
  const store = postgresStore({ driver, clock: systemClock, random: random.next });
  await run({
    database,
    store,
    random,
    states,
    endedAt: new Map(),
    deaths: { count: 0 },
    stirs: () => stirred.promise,
    stir,
    over: false,
  });
}

/** A driver, and the SQLSTATEs that it met, also of calls that were asked again. */
export function noteStates(driver: Driver): { readonly driver: Driver; readonly states: string[] } {
  const states: string[] = [];
  const query: Driver["query"] = (statement, callOptions) =>
    driver.query(statement, callOptions).catch((error: unknown) => {
      states.push(error instanceof DriverError ? (error.sqlState ?? error.failure) : String(error));
      throw error;
    });
  return { driver: { ...driver, query }, states };
}

/** Runs the producers among workers and rescuers, and `watch` again and again, until all that went in has ended. */
export async function among(
  crowd: Crowd,
  names: readonly string[],
  producers: Promise<unknown>[],
  watch: () => Promise<void>,
): Promise<void> {
  const others = [1, 2, 3, 4, 5, 6].map(() => work(crowd, names));
  const watching = (async () => {
    while (!crowd.over) await watch();
  })();
  const produced = Promise.all(producers).then(() => rescue(crowd, true));
  const rescuing = rescue(crowd, false);
  await Promise.all([produced, rescuing, watching, ...others]);
}

/** Claims, and ends what it claimed in every way there is. */
async function work(crowd: Crowd, names: readonly string[]): Promise<void> {
  const { random, store, endedAt } = crowd;
  let workerId = newId();
  while (!crowd.over) {
    const claim = newTurn({ workerId, names, slots: 1 + random.below(3) });
    const { jobs } = await store.turn(claim);
    if (random.chance(0.1) && jobs.length > 0) {
      await die(crowd, workerId);
      workerId = newId();
      continue;
    }
    const settle = jobs.map((job) => {
      const dice = random.next();
      const attempt = { job, claimId: claim.claimId };
      if (dice < 0.5) return settleSuccess(attempt, undefined);
      if (dice < 0.7) return settleDeferral(attempt, { delayMs: random.below(2), countsAsAttempt: random.chance(0.5) });
      return settleError(attempt, new Error("no"), { delayMs: random.below(2), interrupted: false, maxBytes: 100 });
    });
    if (settle.length === 0) continue;
    const { rejections } = await store.turn(newTurn({ workerId, slots: 0, settle }));
    if (rejections.length > 0) throw new Error(`a worker that lives was refused its results: ${JSON.stringify(rejections)}`);
    for (const { id, retryInMs } of settle) if (retryInMs === null) endedAt.set(id, performance.now());
    crowd.stir();
  }
}

/** Its heartbeat stopped long ago. */
async function die({ database, deaths }: Crowd, workerId: string): Promise<void> {
  deaths.count++;
  await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour' where id = $1", [workerId]);
}

/** Rescues until all is over; `last`: says when that is. */
async function rescue(crowd: Crowd, last: boolean): Promise<void> {
  while (!crowd.over) {
    const { lost, failed } = await crowd.store.tick(newTick({ staleMs: STALE_MS }));
    crowd.states.push(...failed.map(({ sqlState }) => sqlState));
    const [row] = await crowd.database.sql<{ n: number }>("select count(*)::int as n from mayfly.live");
    if (lost > 0 || row?.n === 0) crowd.stir();
    if (last && row?.n === 0) crowd.over = true;
  }
}
