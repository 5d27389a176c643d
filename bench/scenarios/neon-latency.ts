/**
 * One invocation over Neon's HTTP protocol with a database that is some milliseconds away.
 * @module
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createConsumer } from "../../src/app/consumer.ts";
import { createMayfly } from "../../src/index.ts";
import { neonHttp } from "../../src/postgres/driver/neon-http.ts";
import { contenderOf } from "../contenders/index.ts";
import { benchJob } from "../contenders/mayfly.ts";
import { silent } from "../contenders/silent-logger.ts";
import { byOwn, type Figures } from "../figures.ts";
import type { LatentEndpointData } from "../latent-endpoint.ts";
import { fill, openFor } from "../process-jobs.ts";
import { type Scenario, scaled } from "../scenario.ts";
import { perSecond } from "../statistics.ts";

/** So long would it take at the bound. */
const SECONDS = 2;
/** More than any database here does in that time. */
const MOST_JOBS = 40_000;

/**
 * A turn settles what has run and claims as many new jobs: one round trip a batch. Jobs that do nothing take no time, so with n slots and a round
 * trip of t an invocation that waits for each answer before it asks again can run n / t jobs a second and no more. What is missing from 1 is what
 * the invocation and the database themselves take for a batch; with many slots and a short trip that is most of it: the database's own limit.
 */
export const neonLatency: Scenario = {
  name: "neon-latency",
  ratios: { "jobs/s by bound": byOwn("jobs/s", "bound") },
  cases: (scale) =>
    [5, 20].flatMap((roundTripMs) =>
      [4, 50, 500].map((concurrency) => {
        const bound = perSecond(concurrency, roundTripMs);
        const jobs = scaled(Math.min(MOST_JOBS, bound * SECONDS), scale, concurrency);
        return {
          name: `${roundTripMs} ms, concurrency ${concurrency}`,
          subjects: ["mayfly"],
          options: { roundTripMs, concurrency, bound, jobs },
        };
      }),
    ),
  async measure(url, _, { roundTripMs, concurrency, bound, jobs }): Promise<Figures> {
    const producer = await openFor(contenderOf("mayfly"), url, contenderOf("mayfly").fastest);
    const workerData: LatentEndpointData = { url, roundTripMs: Number(roundTripMs) };
    const thread = new Worker(new URL("../latent-endpoint.ts", import.meta.url), { workerData });
    const [endpoint] = (await once(thread, "message")) as [string];
    const mayfly = createMayfly<undefined>({ jobs: [benchJob], database: () => neonHttp(url, { endpoint }), logger: silent });
    let run = 0;
    const consumer = createConsumer(mayfly, {
      handlers: [
        benchJob.handle<undefined>(() => {
          run++;
        }),
      ],
      runtime: "bench",
      concurrency: Number(concurrency),
      lifetime: { claimForMs: 60_000, hardEndMs: 120_000 },
    });
    let ms = 0;
    for (const count of [5 * Number(concurrency), Number(jobs)]) {
      await fill(producer, count, 20);
      run = 0;
      const startedAt = performance.now();
      // No wait for jobs to come: it ends when there are none left.
      await consumer.tick(undefined, { claimForMs: 60_000, hardEndMs: 120_000 });
      ms = performance.now() - startedAt;
      if (run !== count) throw new Error(`${run} runs of ${count} jobs`);
    }
    await Promise.all([thread.terminate(), producer.close()]);
    return { "jobs/s": perSecond(Number(jobs), ms), bound: Number(bound) };
  },
};
