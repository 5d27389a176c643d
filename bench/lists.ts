/**
 * What operators see, over a full database: each list, each filter, the overview.
 *
 *     node bench/lists.ts [live jobs] [results]
 *
 * Starts a Postgres of its own and fills it: by default 1,000,000 live jobs and 10,000,000 results of a week.
 * @module
 */
import { systemClock } from "../src/app/system-clock.ts";
import type { Page } from "../src/operate/listing.ts";
import type { OperatorClient } from "../src/operate/operator-client.ts";
import { operatorStore } from "../src/postgres/operator/operator-store.ts";
import { startTestServer } from "../test/support/database.ts";

const [live, results] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 10_000_000)];
const ROUNDS = 20;
const LIMIT_MS = 200;

const server = await startTestServer(18, { shared_buffers: "1GB", max_wal_size: "8GB", work_mem: "8MB" });
const database = await server.database();
const { sql, store } = database;
const operator = operatorStore({ driver: database.driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });

/** Names and queues of very different sizes: one in 2,000 is rare. */
const NAME = "case when n % 2000 = 0 then 'rare-job' else 'job-' || n % 20 end";
const QUEUE = "'queue-' || n % 8";

console.log(`filling: ${live} live jobs, ${results} results`);
await sql(`insert into mayfly.job (id, state, name, queue, run_at, ready_at, created_at, priority, retries, concurrency_key, exclusive, worker_id, claim_id, started_at, attempt, payload)
  select mayfly.uuid7(), s.state, ${NAME}, ${QUEUE}, now() + case when s.state = 'scheduled' then n * interval '1 second' else n * interval '-10 milliseconds' end,
    case when s.state <> 'scheduled' then now() - n * interval '10 milliseconds' end, now() - n * interval '10 milliseconds', (n % 3)::smallint, 3,
    case when n % 10 = 0 then 'user-' || n end, n % 10 = 0, case when s.state = 'running' then md5('worker' || n % 100)::uuid end,
    case when s.state = 'running' then md5('claim' || n % 1000)::uuid end, case when s.state = 'running' then now() end, 1, '{"userId": "0198a0f2-0000-7000-8000-000000000000", "text": "hello"}'
  from generate_series(1, ${live}) as n, lateral (select case when n % 100 = 0 then 'running' when n % 4 = 0 then 'scheduled' else 'ready' end as state) as s`);
await sql(
  "insert into mayfly.worker (id, runtime, host, queues) select md5('worker' || n)::uuid, 'container', 'host-' || n, '{queue-1}' from generate_series(0, 99) as n",
);
for (let day = 6; day >= 0; day--) {
  const most = Math.round(results / 7);
  await sql(`insert into mayfly.result (id, slot, claim_id, worker_id, run_at, created_at, started_at, finished_at, priority, retries, attempt, exclusive, outcome, queue, name, concurrency_key, payload, error)
    select (left(mayfly.uuid7_floor(t.at)::text, 15) || substr(gen_random_uuid()::text, 16))::uuid, mayfly.result_slot(t.at), gen_random_uuid(), md5('worker' || n % 100)::uuid, t.at, t.at, t.at, t.at, 0, 3, 1, n % 10 = 0,
      case when n % 1000 = 0 then 'lost' when n % 100 = 0 then 'errored' when n % 97 = 0 then 'deferred' when n % 89 = 0 then 'cancelled' else 'successful' end, ${QUEUE}, ${NAME},
      case when n % 10 = 0 then 'user-' || n end, '{"userId": "0198a0f2-0000-7000-8000-000000000000", "text": "hello"}', case when n % 100 = 0 then '{"name": "TypeError", "message": "x is not a function"}'::jsonb end
    from generate_series(1, ${most}) as n, lateral (select now() - ${day} * interval '1 day' - (${most} - n) * interval '${86_400_000 / most} milliseconds' as at) as t`);
}
// As 20 turns a minute leave them, of eight queues.
await sql(`insert into mayfly.tally (span, at, queue, outcome, waited, ran, attempts, retries)
  select case when m > 1500 then 'hour' when m > 120 then 'quarter' when m > 1 then 'minute' else 'turn' end, now() - m * interval '1 minute', 'queue-' || q, o.outcome, (m % 7 + w)::smallint, (m % 5 + w)::smallint, 20, 1
  from generate_series(0, 10080) as m, generate_series(0, 7) as q, generate_series(0, 3) as w, unnest(array['successful', 'errored', 'deferred']) as o(outcome)
  where m <= 120 or m <= 1500 and m % 15 = 0 or m % 60 = 0`);
await sql("vacuum analyze");

const [one] = (await operator.jobs({ limit: 1 })).items;
const [oldest] = (await operator.results({ limit: 1, until: new Date(Date.now() - 6 * 86_400_000).toISOString() })).items;
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const worker = one?.workerId ?? (await operator.workers({ limit: 1 })).items[0]?.id ?? "";

async function second<Query extends object>(read: (query: Query) => Promise<Page<unknown>>, query: Query) {
  const { cursor } = await read(query);
  return await read({ ...query, ...(cursor === undefined ? {} : { cursor }) });
}

const VIEWS: readonly (readonly [view: string, read: (client: OperatorClient) => Promise<unknown>])[] = [
  ["overview, the hour", (client) => client.overview()],
  ["overview, the day", (client) => client.overview({ range: "day" })],
  ["overview, the week", (client) => client.overview({ range: "week" })],
  ["queues", (client) => client.queues()],
  ["workers", (client) => client.workers()],
  ["live: all", (client) => client.jobs()],
  ["live: all, second page", (client) => second((query) => client.jobs(query), {})],
  ["live: ready, of a queue", (client) => client.jobs({ state: "ready", queue: "queue-3" })],
  ["live: scheduled", (client) => client.jobs({ state: "scheduled" })],
  ["live: running", (client) => client.jobs({ state: "running" })],
  ["live: of a worker", (client) => client.jobs({ workerId: worker })],
  ["live: by key", (client) => client.jobs({ concurrencyKey: "user-5000" })],
  ["live: by key and name", (client) => client.jobs({ concurrencyKey: "user-5000", name: "job-0" })],
  ["live: by name", (client) => client.jobs({ name: "job-7" })],
  ["live: by a rare name (a bounded look)", (client) => client.jobs({ name: "rare-job" })],
  ["live: held (a bounded look)", (client) => client.jobs({ state: "held" })],
  ["live: by queue", (client) => client.jobs({ queue: "queue-1" })],
  ["results: all", (client) => client.results()],
  ["results: all, second page", (client) => second((query) => client.results(query), {})],
  ["results: errored", (client) => client.results({ outcome: "errored" })],
  ["results: lost", (client) => client.results({ outcome: "lost" })],
  ["results: lost, of a queue (a bounded look)", (client) => client.results({ outcome: "lost", queue: "queue-3" })],
  ["results: by key", (client) => client.results({ concurrencyKey: "user-5000" })],
  ["results: by name", (client) => client.results({ name: "job-7" })],
  ["results: by a rare name (a bounded look)", (client) => client.results({ name: "rare-job" })],
  ["results: by worker (a bounded look)", (client) => client.results({ workerId: worker })],
  ["results: of a day, five days ago", (client) => client.results({ since: ago(5), until: ago(4) })],
  ["results: by a rare name, five days ago", (client) => client.results({ name: "rare-job", since: ago(5), until: ago(4) })],
  ["a live job", () => store.job(one?.id ?? "")],
  ["a finished job of six days ago", () => store.job(oldest?.id ?? "")],
];

console.log("| view | median ms | slowest ms |\n| --- | --- | --- |");
let slow = 0;
for (const [view, read] of VIEWS) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    await read(operator);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const [median = 0, slowest = 0] = [times[ROUNDS >> 1], times.at(-1)];
  if (median > LIMIT_MS) slow++;
  console.log(`| ${view} | ${median.toFixed(1)} | ${slowest.toFixed(1)} |`);
}
console.log(`${slow} of ${VIEWS.length} over ${LIMIT_MS} ms`);
await database.close();
await server.stop();
if (slow > 0) process.exitCode = 1;
