/**
 * Processing, measured for all alike: from the start of a worker until all jobs have been run and nothing is left unsettled in the database.
 * @module
 */
import pgClient from "pg";
import type { Contender, OpenOptions, Queue, Settings } from "./contenders/contender.ts";
import { payloadsOf } from "./payloads.ts";

/** Opens a contender for processing. */
export function openFor(contender: Contender, url: string, settings: Settings, more: Partial<OpenOptions> = {}): Promise<Queue> {
  return contender.open(url, { ...settings, connections: 10, listen: false, ...more });
}

/** So many of the largest payloads fit in one call. */
const PER_CALL = 250;

/** Enqueues that many. */
export async function fill(queue: Queue, jobs: number, bytes: number): Promise<void> {
  const payload = payloadsOf(bytes);
  for (let left = jobs; left > 0; left -= PER_CALL) await queue.enqueueMany(Array.from({ length: Math.min(PER_CALL, left) }, payload));
}

const WARM_UP = 2_000;

/** Milliseconds for so many jobs, which are there before the clock starts; after a few that warm the process up. */
export async function processJobs(contender: Contender, url: string, settings: Settings, jobs: number, bytes: number): Promise<number> {
  const queue = await openFor(contender, url, settings);
  const database = new pgClient.Client(url);
  await database.connect();
  try {
    let ms = 0;
    for (const count of [Math.min(WARM_UP, jobs), jobs]) {
      await fill(queue, count, bytes);
      await database.query("vacuum analyze");
      await database.query("checkpoint");
      ms = await drained(queue, count, async () => {
        const { rows } = await database.query<{ unsettled: boolean }>({ name: "unsettled", text: contender.unsettled });
        return rows[0]?.unsettled === true;
      });
    }
    return ms;
  } finally {
    await Promise.all([database.end(), queue.close()]);
  }
}

async function drained(queue: Queue, jobs: number, unsettled: () => Promise<boolean>): Promise<number> {
  const allRun = Promise.withResolvers<void>();
  let run = 0;
  const startedAt = performance.now();
  const stop = await queue.work(() => {
    if (++run === jobs) allRun.resolve();
  });
  await allRun.promise;
  while (await unsettled());
  const ms = performance.now() - startedAt;
  await stop();
  if (run !== jobs) throw new Error(`${run} runs of ${jobs} jobs`);
  return ms;
}
