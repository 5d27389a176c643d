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
const PAYLOAD = '{"userId": "0198a0f2-0000-7000-8000-000000000000", "text": "hello"}';

console.log(`filling: ${live} live jobs, ${results} results`);
const ASKED = "id, partition, queue, name, priority, retries";
await sql(`with asked as materialized (
    select mayfly.uuid7() as id, n, ${NAME} as name, ${QUEUE} as queue, (n % 3)::smallint as priority,
      case when n % 10 = 0 then 'user-' || n end as key, now() - n * interval '10 milliseconds' as at,
      case when n % 100 = 0 then 'running' when n % 4 = 0 then 'scheduled' else 'ready' end as state
    from generate_series(1, ${live}) as n
  ), placed as materialized (
    select a.*, mayfly.partition_of(a.id) as partition, 3::smallint as retries from asked a
  ), written as (
    insert into mayfly.job (${ASKED}, key, exclusive, created_at, payload)
    select ${ASKED}, key, key is not null, at, '${PAYLOAD}' from placed
  ), held as (
    insert into mayfly.held_key (name, key, id, exclusive) select name, key, id, true from placed where key is not null
  ), started as (
    insert into mayfly.running (${ASKED}, held_key, ready_at, worker_id, claim_id, attempt)
    select ${ASKED}, key, at, md5('worker' || n % 100)::uuid, md5('claim' || n % 1000)::uuid, 1 from placed where state = 'running'
  ), later as (
    insert into mayfly.scheduled (${ASKED}, held_key, run_at)
    select ${ASKED}, key, now() + n * interval '1 second' from placed where state = 'scheduled'
  )
  insert into mayfly.ready (${ASKED}, held_key, ready_at) select ${ASKED}, key, at from placed where state = 'ready'`);
await sql(
  "insert into mayfly.worker (id, runtime, host, queues) select md5('worker' || n)::uuid, 'container', 'host-' || n, '{queue-1}' from generate_series(0, 99) as n",
);
for (let day = 6; day >= 0; day--) {
  const most = Math.round(results / 7);
  await sql(`with asked as materialized (
      select (left(mayfly.uuid7_floor(t.at)::text, 15) || substr(gen_random_uuid()::text, 16))::uuid as id, n, t.at, ${NAME} as name,
        ${QUEUE} as queue, case when n % 10 = 0 then 'user-' || n end as key
      from generate_series(1, ${most}) as n,
        lateral (select now() - ${day} * interval '1 day' - (${most} - n) * interval '${86_400_000 / most} milliseconds' as at) as t
    ), written as (
      insert into mayfly.job (${ASKED}, key, exclusive, created_at, payload)
      select a.id, mayfly.partition_of(a.id), a.queue, a.name, 0, 3, a.key, a.key is not null, a.at, '${PAYLOAD}' from asked a
    )
    insert into mayfly.result (id, partition, claim_id, worker_id, ready_at, started_at, finished_at, attempt, outcome, queue, name, key, error)
    select a.id, mayfly.partition_of(a.id), gen_random_uuid(), md5('worker' || a.n % 100)::uuid, a.at, a.at, a.at, 1,
      case when n % 1000 = 0 then 'lost' when n % 100 = 0 then 'errored' when n % 97 = 0 then 'deferred' when n % 89 = 0 then 'cancelled'
        else 'successful' end,
      a.queue, a.name, a.key, case when a.n % 100 = 0 then '{"name": "TypeError", "message": "x is not a function"}'::json end
    from asked a`);
}
// As 20 turns a minute leave them, of eight queues.
await sql(`insert into mayfly.attempt_counts (span, at, queue, outcome, waited, ran, attempts, retries)
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
  ["live: by a rare name (a row budget)", (client) => client.jobs({ name: "rare-job" })],
  ["live: throttled (a row budget)", (client) => client.jobs({ state: "throttled" })],
  ["live: by creator (a row budget)", (client) => client.jobs({ createdBy: "nobody" })],
  ["live: by queue", (client) => client.jobs({ queue: "queue-1" })],
  ["results: all", (client) => client.results()],
  ["results: all, second page", (client) => second((query) => client.results(query), {})],
  ["results: errored", (client) => client.results({ outcome: "errored" })],
  ["results: lost", (client) => client.results({ outcome: "lost" })],
  ["results: lost, of a queue (a row budget)", (client) => client.results({ outcome: "lost", queue: "queue-3" })],
  ["results: by key", (client) => client.results({ concurrencyKey: "user-5000" })],
  ["results: by name", (client) => client.results({ name: "job-7" })],
  ["results: by a rare name (a row budget)", (client) => client.results({ name: "rare-job" })],
  ["results: by creator (a row budget)", (client) => client.results({ createdBy: "nobody" })],
  ["results: by worker (a row budget)", (client) => client.results({ workerId: worker })],
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
