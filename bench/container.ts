/**
 * A container's worker for a long time: no-op jobs in process, and what they cost in memory.
 *
 *     node bench/container.ts 1000000 [concurrency]
 *
 * Starts a Postgres of its own. Jobs are enqueued by another process's worth of connections while they run, never more than
 * 50,000 ahead, so that the table does not grow with the number of jobs.
 * @module
 */
import { startContainer } from "../adapters/container/index.ts";
import { createMayfly, defineJob } from "../src/index.ts";
import { openDatabase, startTestServer } from "../test/support/database.ts";

const [total, concurrency] = [Number(process.argv[2] ?? 200_000), Number(process.argv[3] ?? 200)];
const STEP = 100_000;
const AHEAD = 50_000;

const server = await startTestServer(18);
const database = await server.database();
const worker = openDatabase(database.url, 5);
const noop = defineJob("noop");
const open = (driver: typeof database.driver) => createMayfly({ jobs: [noop], database: () => driver });

let done = 0;
let stepAt = performance.now();
const startedAt = stepAt;
const finished = Promise.withResolvers<void>();
let room = Promise.withResolvers<void>();
const handlers = [
  noop.handle(() => {
    done++;
    room.resolve();
    if (done % STEP === 0) {
      const now = performance.now();
      const rate = Math.round((STEP / (now - stepAt)) * 1_000);
      stepAt = now;
      console.log(`${done} jobs: ${rate} jobs/s, ${Math.round(process.memoryUsage.rss() / 1_048_576)} MiB resident`);
    }
    if (done === total) finished.resolve();
  }),
];
const container = startContainer(open(worker.driver), undefined, { handlers, settings: { inProcess: true, concurrency, statsEvery: 0 } });

const jobs = open(database.driver).connect(undefined);
for (let enqueued = 0; enqueued < total; ) {
  while (enqueued - done >= AHEAD) {
    room = Promise.withResolvers();
    await room.promise;
  }
  const batch = Math.min(1_000, total - enqueued);
  await jobs.enqueueMany(Array.from({ length: batch }, () => [noop, {}] as const));
  enqueued += batch;
}
await finished.promise;
container.stop();
await container.ended;
console.log(`${total} jobs in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s, ${concurrency} at a time`);
console.log(await database.sql("select outcome, count(*)::int as n from mayfly.result group by 1"));
await Promise.all([database.close(), worker.close()]);
await server.stop();
