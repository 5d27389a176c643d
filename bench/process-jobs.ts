/**
 * Processing, measured for all alike: from the start of a worker until all jobs have been run and nothing is left unsettled in the database.
 * @module
 */
import type { Contender, OpenOptions, Queue, Settings } from "./contenders/contender.ts";
import { openMeter } from "./cost.ts";
import type { Figures } from "./figures.ts";
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

/** What so many jobs cost, which are there before the clock starts; after a few that warm the process up. */
export async function processJobs(
  contender: Contender,
  url: string,
  settings: Settings,
  { jobs, bytes }: { readonly jobs: number; readonly bytes: number },
): Promise<Figures> {
  const queue = await openFor(contender, url, settings);
  const meter = await openMeter(url);
  const unsettled = async () => {
    const { rows } = await meter.database.query<{ unsettled: boolean }>({ name: "unsettled", text: contender.unsettled });
    return rows[0]?.unsettled === true;
  };
  try {
    let figures: Figures = {};
    for (const count of [Math.min(WARM_UP, jobs), jobs]) {
      await fill(queue, count, bytes);
      let stop = async () => {};
      figures = await meter.measure(count, async () => {
        stop = await drained(queue, count);
        while (await unsettled());
      });
      await stop();
    }
    return figures;
  } finally {
    await Promise.all([meter.close(), queue.close()]);
  }
}

/** Runs that many jobs, and answers how to stop the worker that has. */
async function drained(queue: Queue, jobs: number): Promise<() => Promise<void>> {
  const allRun = Promise.withResolvers<void>();
  let run = 0;
  const stop = await queue.work(() => {
    if (++run === jobs) allRun.resolve();
  });
  await allRun.promise;
  return async () => {
    await stop();
    if (run !== jobs) throw new Error(`${run} runs of ${jobs} jobs`);
  };
}
