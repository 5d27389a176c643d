/**
 * Everything at once, on a bad network, among workers that die and strangers who hold locks: nothing lost, nothing doubled.
 * `npm run race` runs it longer, on one Postgres or with a seed; see CONTRIBUTING.md.
 * @module
 */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { createIdSource } from "../../src/base/ids.ts";
import { postgresStore } from "../../src/postgres/postgres-store.ts";
import { startTestServer, type TestDatabase } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";
import { seeded } from "../support/random.ts";
import { newTick } from "../support/samples.ts";
import { chaosDriver } from "./chaos.ts";
import { enqueuer } from "./enqueuers.ts";
import { lifeOf, writeHistory } from "./history.ts";
import { housekeeper, timekeeper } from "./housekeepers.ts";
import { Ledger } from "./ledger.ts";
import { canceller, pauser, purger, retrier } from "./operators.ts";
import { findViolations } from "./oracle.ts";
import { findBroken, findThrottledWithRoom } from "./snapshot.ts";
import { pause, type Race, STALE_MS } from "./stage.ts";
import { stranger } from "./strangers.ts";
import { ticker } from "./tickers.ts";
import { worker } from "./workers.ts";

const SECONDS = Number(process.env.MAYFLY_RACE_SECONDS ?? 20);
const SEED = Number(process.env.MAYFLY_RACE_SEED ?? Date.now() % 1e9);
const VERSIONS = ([18, 15] satisfies PostgresVersion[]).filter(
  (version) => String(version) === (process.env.MAYFLY_RACE_POSTGRES ?? String(version)),
);

describe("the race", { concurrency: true }, () => {
  for (const version of VERSIONS) {
    test(`a race of ${SECONDS} s on Postgres ${version} loses and doubles nothing, and keeps every rule`, async (t) => {
      t.diagnostic(`seed ${SEED}`);
      const server = await startTestServer(version);
      const database = await server.database();
      try {
        await writeHistory(database);
        await race(t, database);
      } finally {
        await database.close();
        await server.stop();
      }
    });
  }
});

async function race(t: TestContext, database: TestDatabase): Promise<void> {
  let running = true;
  let streams = 0;
  const stream = () => seeded(SEED + 7_919 * streams++);
  const driver = chaosDriver(database.pool, stream());
  const ledger = new Ledger();
  const newId = createIdSource(systemClock);
  const store = postgresStore({ driver, clock: systemClock, random: stream().next });
  const actor = (): Race => ({ store, driver, database, random: stream(), ledger, newId, running: () => running });
  const start = <T>(n: number, act: (race: Race) => Promise<T>) => Array.from({ length: n }, () => act(actor()));

  const workers = start(10, worker);
  const others: Promise<void>[] = [
    ...start(5, enqueuer),
    ...start(2, canceller),
    ...start(2, retrier),
    ...start(1, purger),
    ...start(1, pauser),
    ...start(3, stranger),
    ...start(3, housekeeper),
    ...start(1, timekeeper),
    ...start(2, (one) => ticker(one, "older")),
  ];
  const end = Date.now() + SECONDS * 1_000;
  const joins = end - SECONDS * 500;
  for (let joined = false; Date.now() < end; await pause(20)) {
    ledger.violations.push(...(await findBroken(database)));
    if (joined || Date.now() < joins) continue;
    // Another deployment joins halfway.
    others.push(...start(2, (one) => ticker(one, "newer")));
    joined = true;
  }
  running = false;
  await Promise.all(others);
  await driver.settled();
  await Promise.all(workers);
  // The dead are rescued once they have been silent for long enough.
  await pause(STALE_MS + 500);
  while ((await database.store.tick(newTick({ staleMs: STALE_MS, queues: [] }))).more);
  await database.store.maintain(null, 1_000);
  ledger.violations.push(...(await findThrottledWithRoom(database)));
  await Promise.all(start(1, worker));
  await driver.settled();

  t.diagnostic(`faults ${JSON.stringify(driver.faults)}, SQLSTATEs ${JSON.stringify([...driver.states])}`);
  t.diagnostic(
    [...ledger.counts]
      .sort()
      .map(([what, n]) => `${what} ${n}`)
      .join(", "),
  );
  const violations = [...new Set(await findViolations(database, ledger, driver))];
  for (const id of new Set(violations.slice(0, 5).flatMap((text) => text.match(UUID)?.[0] ?? []))) {
    t.diagnostic([id, ...(await lifeOf(database, id))].join("\n  "));
  }
  assert.deepEqual(violations.slice(0, 50), []);
  assert.ok(ledger.settled.size > SECONDS * 10, "the race went on all the time");
  assert.ok((ledger.counts.get("partition truncated") ?? 0) > 0, "partitions were truncated under load");
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
