/**
 * Operators: cancel jobs in whatever state, retry finished ones by hand, pause and resume a queue.
 * @module
 */
import * as statements from "../../src/postgres/sql/statements.ts";
import { insist, pause, type Race } from "./stage.ts";

/** A job that went in lately, or at any time. */
function anyJob({ ledger, random }: Race): { id: string; name: string } | undefined {
  const { known } = ledger;
  return random.chance(0.8) ? known[known.length - 1 - random.below(Math.min(200, known.length))] : known[random.below(known.length)];
}

export async function canceller(race: Race): Promise<void> {
  while (race.phase === "running") {
    const job = anyJob(race);
    if (job) race.ledger.cancel(job.id, await insist(race, () => race.store.cancel(job.id)));
    await pause(race.random.below(60));
  }
}

/** Several at once, and some of the same job again later. Those with a limit are left alone: by hand it may be exceeded. */
export async function retrier(race: Race): Promise<void> {
  const { ledger, newId, random, store } = race;
  while (race.phase === "running") {
    const job = anyJob(race);
    if (job && job.name !== "limited" && job.name !== "counted") {
      const ids = Array.from({ length: random.pick([1, 1, 2, 3]) }, newId);
      const told = await Promise.all(ids.map((id) => insist(race, () => store.retry(job.id, id))));
      for (const result of told) ledger.retry(job.id, job.name, result);
    }
    await pause(random.below(100));
  }
}

export async function pauser(race: Race): Promise<void> {
  const { database, ledger, random } = race;
  const now = async () => (await database.sql<{ now: string }>("select clock_timestamp()::text as now"))[0]?.now ?? "";
  while (race.phase === "running") {
    await database.sql(statements.queuePause, ["b"]);
    const from = await now();
    await pause(random.below(300));
    ledger.pauses.push({ from, to: await now() });
    await database.sql(statements.queueResume, ["b"]);
    await pause(random.below(1_000));
  }
}
