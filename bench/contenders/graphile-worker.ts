/**
 * graphile-worker as its page on performance sets it up: a local queue, completion in batches, a silent logger, prepared statements.
 * @module
 */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pgClient from "pg";
import type { Payload } from "../payloads.ts";
import type { Contender } from "./contender.ts";

const logger = new Logger(() => () => {});

/** Always listens. */
export const graphileWorker: Contender = {
  fastest: { concurrency: 24, batch: 500 },
  small: { concurrency: 10, batch: 1 },
  unsettled: "select exists (select from graphile_worker._private_jobs) as unsettled",
  async open(url, { concurrency, batch, connections }) {
    const pgPool = new pgClient.Pool({ connectionString: url, max: Math.max(connections, concurrency + 1) });
    const enqueuing = new pgClient.Pool({ connectionString: url, max: connections });
    // It asks for these.
    for (const pool of [pgPool, enqueuing]) pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
    const utils = await makeWorkerUtils({ pgPool: enqueuing, logger });
    await utils.migrate();
    return {
      async enqueue(payload) {
        await utils.addJob("bench", payload);
      },
      async enqueueMany(payloads) {
        await utils.addJobs(payloads.map((payload) => ({ identifier: "bench", payload })));
      },
      async work(onJob) {
        const runner = await run({
          pgPool,
          parsedCronItems: [],
          noHandleSignals: true,
          taskList: { bench: async (payload) => onJob(payload as Payload) },
          preset: {
            worker: {
              concurrentJobs: concurrency,
              logger,
              ...(batch > 1 ? { localQueue: { size: batch }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {}),
            },
          },
        });
        return () => runner.stop();
      },
      async close() {
        await utils.release();
        await Promise.all([pgPool.end(), enqueuing.end()]);
      },
    };
  },
};
