/**
 * Operators: cancel jobs in whatever state, retry finished ones by hand, purge a few, pause and resume a queue.
 * @module
 */
import { systemClock } from "../../src/app/system-clock.ts";
import type { RetryResult } from "../../src/job/jobs-client.ts";
import { operatorStore } from "../../src/postgres/operator/operator-store.ts";
import * as statements from "../../src/postgres/sql/statements.ts";
import { PURGE } from "./history.ts";
import { foreignId, insist, PAUSED_QUEUE, pause, QUEUES, type Race, STALE_MS } from "./stage.ts";

/** A job that went in lately, or at any time. */
export function anyJob({ ledger, random }: Race): { id: string; name: string } | undefined {
  const { known } = ledger;
  return random.chance(0.8) ? known[known.length - 1 - random.below(Math.min(200, known.length))] : known[random.below(known.length)];
}

export async function canceller(race: Race): Promise<void> {
  while (race.running()) {
    const job = anyJob(race);
    if (job) {
      const times = race.random.pick([1, 1, 1, 2, 3]);
      const told = await Promise.all(Array.from({ length: times }, () => insist(race, () => race.store.cancel(job.id))));
      for (const outcome of told) race.ledger.cancel(job.id, outcome);
    }
    await pause(race.random.below(60));
  }
}

/** Those with a limit are left alone: by hand it may be exceeded. */
const mayRetry = (job: ReturnType<typeof anyJob>): job is NonNullable<typeof job> =>
  job !== undefined && job.name !== "limited" && job.name !== "counted";

/** One job several times at once, or several jobs in one call, and some of the same again later. */
export async function retrier(race: Race): Promise<void> {
  const { driver, ledger, newId, random, store } = race;
  const operator = operatorStore({ driver, clock: systemClock, random: random.next, heartbeatTimeoutMs: STALE_MS, retentionDays: 7 });
  while (race.running()) {
    const job = anyJob(race);
    if (random.chance(0.4)) {
      const asked = Array.from({ length: 2 + random.below(8) }, () => anyJob(race)).filter(mayRetry);
      const told = await insist(race, () => operator.retryMany(asked.map(({ id }) => id)));
      for (const [index, { id, name }] of asked.entries()) ledger.retry(id, name, told[index] as RetryResult);
    } else if (mayRetry(job)) {
      const ids = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => (random.chance(0.1) ? foreignId(race) : newId()));
      const told = await Promise.all(ids.map((id) => insist(race, () => store.retry(job.id, id))));
      for (const result of told) ledger.retry(job.id, job.name, result);
    }
    await pause(random.below(100));
  }
}

export async function purger({ database, ledger, random, running }: Race): Promise<void> {
  while (running()) {
    await pause(1_000 + random.below(2_000));
    const client = await database.pool.connect();
    try {
      await client.query("begin");
      await client.query(PURGE);
      const { rows } = await client.query(statements.purge, [random.pick([...QUEUES, null]), random.pick([1, 5, 20])]);
      await client.query("commit");
      ledger.count("purged", rows[0].ended + rows[0].removed);
      client.release();
    } catch (error) {
      client.release(true);
      ledger.violations.push(`a purge failed: ${error}`);
    }
  }
}

export async function pauser({ database, ledger, random, running }: Race): Promise<void> {
  const now = async () => (await database.sql<{ now: string }>("select clock_timestamp()::text as now"))[0]?.now ?? "";
  while (running()) {
    await database.sql(statements.queuePause, [PAUSED_QUEUE]);
    const from = await now();
    await pause(random.below(300));
    ledger.pauses.push({ from, to: await now() });
    await database.sql(statements.queueResume, [PAUSED_QUEUE]);
    await pause(random.below(1_000));
  }
}
