/**
 * Everything at once, on a bad network, among workers that die: nothing lost, nothing doubled. Told by its seed;
 * `MAYFLY_RACE_SECONDS` (60) and `MAYFLY_RACE_SEED` set another.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { createIdSource } from "../../src/base/ids.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { startTestServer } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres.ts";
import { seeded } from "../support/random.ts";
import { newLook } from "../support/samples.ts";
import { chaosDriver } from "./chaos.ts";
import { enqueuer } from "./enqueuers.ts";
import { writeHistory } from "./history.ts";
import { Ledger } from "./ledger.ts";
import { canceller, pauser, retrier } from "./operators.ts";
import { findHeldWithRoom, findViolations, sample } from "./oracle.ts";
import { pause, type Race, STALE_MS } from "./stage.ts";
import { ticker } from "./tickers.ts";
import { worker } from "./workers.ts";

const SECONDS = Number(process.env.MAYFLY_RACE_SECONDS ?? 60);
const SEED = Number(process.env.MAYFLY_RACE_SEED ?? Date.now() % 1e9);

const times = <T>(n: number, start: () => T) => Array.from({ length: n }, start);

describe("the race", { concurrency: true }, () => {
  for (const version of [18, 15] satisfies PostgresVersion[]) race(version);
});

function race(version: PostgresVersion): void {
  test(`a race of ${SECONDS} s on Postgres ${version} loses and doubles nothing, and keeps every rule`, async (t) => {
    t.diagnostic(`seed ${SEED}`);
    const server = await startTestServer(version);
    const database = await server.database();
    try {
      await writeHistory(database);
      const random = seeded(SEED + version);
      const driver = chaosDriver(database.pool, random);
      const store = postgresStore({ driver, clock: systemClock, random: random.next });
      const ledger = new Ledger();
      const run: Race = { store, driver, database, random, ledger, newId: createIdSource(systemClock), phase: "running" };

      const producers = times(5, () => enqueuer(run));
      const workers = times(10, () => worker(run));
      const others = [...times(2, () => canceller(run)), ...times(2, () => retrier(run)), pauser(run)];
      const tickers = times(2, () => ticker(run, "older"));
      const end = Date.now() + SECONDS * 1_000;
      while (Date.now() < end) {
        ledger.violations.push(...(await sample(database)));
        await pause(20);
        // Another deployment joins halfway.
        if (tickers.length === 2 && Date.now() > end - SECONDS * 500) tickers.push(...times(2, () => ticker(run, "newer")));
      }
      run.phase = "draining";
      await Promise.all([...producers, ...others, ...tickers, driver.settled()]);
      await Promise.all(workers);
      // The dead are rescued once they have been silent for long enough.
      await pause(STALE_MS + 500);
      while ((await database.store.look(newLook({ staleMs: STALE_MS, queues: [] }))).more);
      ledger.violations.push(...(await findHeldWithRoom(database)));
      await worker(run);
      await driver.settled();

      t.diagnostic(`faults ${JSON.stringify(driver.faults)}, SQLSTATEs ${JSON.stringify([...driver.states])}`);
      const counts = [...ledger.counts].sort().map(([what, n]) => `${what} ${n}`);
      t.diagnostic(counts.join(", "));
      assert.deepEqual((await findViolations(database, ledger)).slice(0, 50), []);
      assert.ok(!driver.states.has("40P01"), "no deadlock");
      assert.ok(ledger.settled.size > SECONDS * 10, "the race went on all the time");
    } finally {
      await database.close();
      await server.stop();
    }
  });
}
