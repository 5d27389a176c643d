/**
 * Everything at once, on a bad network, among workers that die: nothing lost, nothing doubled. Told by its seed;
 * `MAYFLY_RACE_SECONDS` (60) and `MAYFLY_RACE_SEED` set another.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createIdSource } from "../../src/core/ids.ts";
import { systemClock } from "../../src/mayfly/system-clock.ts";
import { postgresStore } from "../../src/store/postgres-store.ts";
import { startTestServer } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres.ts";
import { seeded } from "../support/random.ts";
import { newLook } from "../support/samples.ts";
import { enqueuer, type Race, rescuer, worker } from "./actors.ts";
import { chaosDriver } from "./chaos.ts";
import { Ledger } from "./ledger.ts";
import { findViolations, sample } from "./oracle.ts";

const SECONDS = Number(process.env.MAYFLY_RACE_SECONDS ?? 60);
const SEED = Number(process.env.MAYFLY_RACE_SEED ?? Date.now() % 1e9);

const times = <T>(n: number, start: () => T) => Array.from({ length: n }, start);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the race", { concurrency: true }, () => {
  for (const version of [18, 15] satisfies PostgresVersion[]) race(version);
});

function race(version: PostgresVersion): void {
  test(`a race of ${SECONDS} s on Postgres ${version} loses and doubles nothing`, async (t) => {
    t.diagnostic(`seed ${SEED}`);
    const server = await startTestServer(version);
    const database = await server.database();
    try {
      const random = seeded(SEED + version);
      const driver = chaosDriver(database.pool, random);
      const store = postgresStore({ driver, clock: systemClock, random: random.next });
      const ledger = new Ledger();
      const run: Race = { store, driver, random, ledger, newId: createIdSource(systemClock), phase: "running" };

      const enqueuers = times(5, () => enqueuer(run));
      const workers = times(10, () => worker(run));
      const rescuers = times(3, () => rescuer(run));
      const end = Date.now() + SECONDS * 1_000;
      while (Date.now() < end) {
        ledger.violations.push(...(await sample(database)));
        await pause(20);
      }
      run.phase = "draining";
      await Promise.all([...enqueuers, ...rescuers, driver.settled()]);
      // The dead are rescued once they have been silent for long enough.
      await pause(1_500);
      while ((await database.store.look(newLook({ staleMs: 1_000, most: 500, queues: [] }))).more);
      const workersAtEnd = await Promise.all(workers);
      while ((await database.store.look(newLook({ staleMs: 1_000, most: 500, queues: [] }))).lost > 0);
      workersAtEnd.push(await worker(run));
      await driver.settled();

      t.diagnostic(`faults ${JSON.stringify(driver.faults)}, SQLSTATEs ${JSON.stringify([...driver.states])}`);
      t.diagnostic(
        [...ledger.counts]
          .sort()
          .map(([what, n]) => `${what} ${n}`)
          .join(", "),
      );
      assert.deepEqual(await findViolations(database, ledger, workersAtEnd), []);
      assert.ok(!driver.states.has("40P01"), "no deadlock");
      assert.ok(ledger.settled.size > SECONDS * 10, "the race went on all the time");
    } finally {
      await database.close();
      await server.stop();
    }
  });
}
