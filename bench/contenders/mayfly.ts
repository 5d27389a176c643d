/**
 * Mayfly as a container runs it: the whole product, payloads validated at both ends, results kept.
 * @module
 */
import pgClient from "pg";
import * as z from "zod";
import { listenWith, startContainer } from "../../adapters/container/index.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import type { Contender } from "./contender.ts";
import { silent } from "./silent-logger.ts";

/** The job of all benchmarks. */
export const benchJob = defineJob("bench", { payload: z.object({ text: z.string() }) });

/** The database comes with its schema. */
export const mayfly: Contender = {
  fastest: { concurrency: 500, batch: 500 },
  small: { concurrency: 10, batch: 10 },
  unsettled: "select exists (select from mayfly.live) as unsettled",
  async open(url, { concurrency, connections }) {
    const pool = new pgClient.Pool({ connectionString: url, max: connections });
    // It has ended before its last connections have, which the database's end then cuts.
    pool.on("error", () => {});
    const queue = createMayfly<undefined>({ jobs: [benchJob], database: () => pg(pool, { prepare: true }), logger: silent });
    const jobs = queue.connect(undefined);
    return {
      async enqueue(payload) {
        await jobs.enqueue(benchJob, payload);
      },
      async enqueueMany(payloads) {
        await jobs.enqueueMany(payloads.map((payload) => [benchJob, payload] as const));
      },
      async work(onJob) {
        const container = startContainer(queue, undefined, {
          handlers: [benchJob.handle<undefined>(({ payload }) => onJob(payload))],
          settings: { inProcess: true, concurrency, statsEvery: 0 },
          listen: listenWith(() => new pgClient.Client(url)),
        });
        return async () => {
          container.stop();
          await container.ended;
        };
      },
      close: () => pool.end(),
    };
  },
};
