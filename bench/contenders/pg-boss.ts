/**
 * pg-boss as its page on workers sets it up for many jobs: batches, fetched on without a pause for as long as they come full, several loops.
 * @module
 */
import { PgBoss } from "pg-boss";
import type { Payload } from "../payloads.ts";
import type { Contender } from "./contender.ts";

/** Its handlers take a batch, which is completed as one; it keeps finished jobs, as Mayfly does. */
export const pgBoss: Contender = {
  fastest: { concurrency: 2, batch: 1_000 },
  small: { concurrency: 1, batch: 10 },
  unsettled: "select exists (select from pgboss.job where name = 'bench' and state < 'completed') as unsettled",
  async open(url, { concurrency, batch, connections, listen }) {
    const boss = new PgBoss({ connectionString: url, max: Math.max(connections, concurrency), schedule: false, useListenNotify: listen });
    await boss.start();
    await boss.createQueue("bench", { notify: listen });
    return {
      async enqueue(payload) {
        await boss.send("bench", payload);
      },
      async enqueueMany(payloads) {
        await boss.insert(
          "bench",
          payloads.map((data) => ({ data })),
        );
      },
      async work(onJob) {
        await boss.work<Payload>(
          "bench",
          { batchSize: batch, localConcurrency: concurrency, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
          async (jobs) => {
            for (const { data } of jobs) onJob(data);
          },
        );
        return () => boss.offWork("bench");
      },
      close: () => boss.stop({ graceful: true }),
    };
  },
};
