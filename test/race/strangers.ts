/**
 * Transactions of users: they enqueue, or lock rows of jobs, and take their time before they commit or roll back.
 * @module
 */
import type pgClient from "pg";
import { makeJob } from "./enqueuers.ts";
import { anyJob } from "./operators.ts";
import { pause, type Race } from "./stage.ts";

/** Longer than any call waits for a lock. */
const LONG_MS = 2_600;

export async function stranger(race: Race): Promise<void> {
  const { database, ledger, random } = race;
  while (race.running()) {
    const client = await database.pool.connect();
    try {
      await client.query("begin");
      await client.query("set local lock_timeout = '2s'");
      await (random.chance(0.5) ? enqueueSlowly(race, client) : lockRows(race, client));
      client.release();
    } catch (error) {
      client.release(true);
      const state = (error as { code?: string }).code;
      if (state === "55P03") ledger.count("stranger waited for too long");
      else ledger.violations.push(`a stranger's transaction failed: ${error}`);
    }
    await pause(random.below(200));
  }
}

async function enqueueSlowly(race: Race, client: pgClient.PoolClient): Promise<void> {
  const { ledger, random, store } = race;
  const job = makeJob(race);
  const key = ledger.keys.get(job.id) ?? "";
  const hold = holding(race, [job.id, key]);
  try {
    const [text, [jobs, , allowBlocked]] = store.enqueueStatement([job], true);
    const { rows } = await client.query(text, [jobs, "false", allowBlocked]);
    await takeTime(race);
    const commits = random.chance(0.6);
    await client.query(commits ? "commit" : "rollback");
    ledger.tell(job.id, job.name, commits ? rows[0].outcome : "rolled back");
  } finally {
    hold.to = performance.now();
  }
}

/** Wherever the job is. */
async function lockRows(race: Race, client: pgClient.PoolClient): Promise<void> {
  const jobs = [anyJob(race), anyJob(race), anyJob(race)].flatMap((job) => job ?? []);
  const ids = jobs.map(({ id }) => id);
  const hold = holding(race, ids);
  try {
    for (const table of ["ready", "scheduled", "running"]) {
      await client.query(`select from mayfly.${table} where id = any ($1::uuid[]) order by id for update skip locked`, [ids]);
    }
    await client.query("select from mayfly.result where id = any ($1::uuid[]) order by id, claim_id for update skip locked", [ids]);
    await takeTime(race);
    await client.query(race.random.chance(0.5) ? "commit" : "rollback");
  } finally {
    hold.to = performance.now();
  }
}

function holding({ ledger }: Race, what: readonly string[]) {
  const hold = { what: new Set(what), from: performance.now(), to: Number.POSITIVE_INFINITY };
  ledger.holds.push(hold);
  return hold;
}

async function takeTime({ random }: Race): Promise<void> {
  await pause(random.chance(0.05) ? LONG_MS : random.below(400));
}
