/**
 * The memory of a worker that runs for a long time.
 * @module
 */
import { contenderOf } from "../contenders/index.ts";
import { byOwn } from "../figures.ts";
import { payloadsOf } from "../payloads.ts";
import { openFor } from "../process-jobs.ts";
import { type Scenario, scaled } from "../scenario.ts";
import { perSecond } from "../statistics.ts";

const BATCH = 1_000;
const AHEAD = 50_000;

/** Jobs are enqueued by the same process while they run, never more than 50,000 ahead, so that the table does not grow with their number. */
export const memory: Scenario = {
  name: "memory",
  ratios: { "the end by a fifth": byOwn("MiB at the end", "MiB after a fifth") },
  mostRounds: 1,
  cases: (scale) => [{ name: "1,000,000 jobs in a row", subjects: ["mayfly"], options: { jobs: scaled(1_000_000, scale, 5 * BATCH) } }],
  async measure(url, subject, options) {
    const jobs = Number(options.jobs);
    const contender = contenderOf(subject);
    const queue = await openFor(contender, url, contender.fastest);
    const resident: number[] = [];
    const finished = Promise.withResolvers<void>();
    let room = Promise.withResolvers<void>();
    let done = 0;
    const startedAt = performance.now();
    const stop = await queue.work(() => {
      done++;
      room.resolve();
      if (done % (jobs / 5) === 0) resident.push(process.memoryUsage.rss() / 1_048_576);
      if (done === jobs) finished.resolve();
    });
    const payload = payloadsOf(20);
    for (let enqueued = 0; enqueued < jobs; enqueued += BATCH) {
      while (enqueued - done >= AHEAD) {
        room = Promise.withResolvers();
        await room.promise;
      }
      await queue.enqueueMany(Array.from({ length: BATCH }, payload));
    }
    await finished.promise;
    const ms = performance.now() - startedAt;
    await stop();
    await queue.close();
    const [early = Number.NaN, late = Number.NaN] = [resident[0], resident.at(-1)];
    return {
      "MiB at the end": late,
      "MiB after a fifth": early,
      "most MiB": Math.max(...resident),
      "jobs/s": perSecond(jobs, ms),
    };
  },
};
