/**
 * What a call reads does not grow with the backlog, nor with what statistics say of it.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Settlement } from "../../src/store/settlement.ts";
import type { Store } from "../../src/store/store.ts";
import type { Turn } from "../../src/store/turn.ts";
import { openDatabase, startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { connectExplaining } from "../support/explain.ts";
import type { PostgresServer } from "../support/postgres.ts";
import { newId, newJob, newTick, newTurn, success } from "../support/samples.ts";

/** In units of a hundredth: ready, ready in a paused queue, scheduled, with a key of its own, throttled, and results. */
const FILL = `
  with made as (
    insert into mayfly.job (id, partition, name, queue, priority)
    select i.id, mayfly.partition_of(i.id), 'work', i.queue, (i.n % 3)::smallint
    from (
      select n, q.name as queue, mayfly.uuid7() as id from generate_series($1::int * 1000 + 1, $2::int * 1000) as n, unnest(array['default', 'paused']) as q(name)
    ) as i
    returning id, partition, queue, name, priority
  )
  insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at, has_hook)
  select m.id, m.partition, m.queue, m.name, m.priority, 0, now() - interval '1 hour' + ($1::int * 2000 + row_number() over (order by m.id)) * interval '1 ms', false
  from made m;
  insert into mayfly.scheduled (id, partition, queue, name, priority, retries, run_at)
  select mayfly.uuid7(), mayfly.partition_of(mayfly.uuid7()), 'default', 'work', 0, 0, now() + interval '1 hour' + n * interval '1 ms'
  from generate_series($1::int * 10000 + 1, $2::int * 10000) as n;
  with keyed as (
    insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at, held_key)
    select mayfly.uuid7(), mayfly.partition_of(mayfly.uuid7()), 'keyed', 'work', 0, 0, now(), 'key-' || n
    from generate_series($1::int * 100 + 1, $2::int * 100) as n
    returning id, name, held_key
  )
  insert into mayfly.held_key (id, name, key, exclusive) select k.id, k.name, k.held_key, true from keyed k;
  with throttled as (
    insert into mayfly.scheduled (id, partition, queue, name, priority, retries, ready_at, held_key, running_limit, reason)
    select mayfly.uuid7(), mayfly.partition_of(mayfly.uuid7()), 'default', 'work', 0, 0, now() - interval '1 hour', 'limited-' || n % 10, 2, 'throttled'
    from generate_series($1::int * 100 + 1, $2::int * 100) as n
    returning id, name, held_key
  )
  insert into mayfly.held_key (id, name, key, exclusive) select k.id, k.name, k.held_key, false from throttled k;
  insert into mayfly.result (id, claim_id, partition, attempt, outcome, queue, name, finished_at)
  select mayfly.uuid7(), gen_random_uuid(), mayfly.partition_of(mayfly.uuid7()), 1, 'successful', 'default', 'work', now() - n * interval '1 ms'
  from generate_series($1::int * 2000 + 1, $2::int * 2000) as n`;

type Blocks = Record<string, number>;

/** What each hot call reads, by its name, the best of three rounds: planning is not meant. */
async function measure(database: TestDatabase): Promise<Blocks> {
  // Housekeeping that is due by itself has a call of its own, and is not meant either.
  for (let more = true; more; ) ({ more } = await database.store.maintain(30, 500));
  const explained = await connectExplaining(database.url);
  const blocks: Blocks = {};
  for (let round = 0; round < 3; round++) {
    for (const [name, call] of calls(await held(database.store))) {
      blocks[name] = Math.min(blocks[name] ?? Number.POSITIVE_INFINITY, await explained.blocks(call));
    }
  }
  await explained.end();
  return blocks;
}

/** A worker that holds ten jobs, with its watermarks. */
async function held(store: Store) {
  const turn = newTurn({ queues: ["default", "paused"] });
  const { jobs, watermarks } = await store.turn(turn);
  assert.equal(jobs.length, 10);
  return { ...turn, watermarks, settle: jobs.map(({ id }): Settlement => success(id, turn.claimId)) };
}

function calls(worker: Turn): [name: string, call: (store: Store) => Promise<unknown>][] {
  const [waiting, running, known] = [newJob(), worker.settle[0]?.id ?? "", newJob()];
  return [
    ["enqueue", (store) => store.enqueue([waiting])],
    ["enqueue a known one", (store) => store.enqueue([waiting])],
    ["enqueue with a key", (store) => store.enqueue([newJob({ key: newId() })])],
    ["enqueue with a key that is held", (store) => store.enqueue([newJob({ key: "key-50" })])],
    ["enqueue with a limit", (store) => store.enqueue([newJob({ key: "limited", limit: 5 })])],
    ["enqueue over its limit", (store) => store.enqueue([newJob({ key: "limited-1", limit: 5 })])],
    ["enqueue with a running limit", (store) => store.enqueue([newJob({ key: newId(), runningLimit: 5, queue: "elsewhere" })])],
    ["count the live ones of a key", (store) => store.liveCounts([{ name: "work", key: "key-50" }])],
    ["list the live ones of a key", (store) => store.liveJobs({ name: "work", key: "key-50", running: false, most: 10 })],
    [
      "settle 5 and claim 5, from the watermarks on",
      (store) => store.turn({ ...worker, claimId: newId(), slots: 5, settle: worker.settle.slice(0, 5) }),
    ],
    [
      "settle 5 and claim 5, without watermarks",
      (store) => store.turn({ ...worker, claimId: newId(), slots: 5, settle: worker.settle.slice(5), watermarks: null }),
    ],
    ["settle one whose job is gone", (store) => store.turn({ ...worker, claimId: newId(), slots: 0, settle: worker.settle.slice(5, 6) })],
    ["job", (store) => store.job(known.id)],
    ["job that has ended", (store) => store.job(running)],
    ["cancel", (store) => store.cancel(waiting.id)],
    ["cancel one that has ended", (store) => store.cancel(running)],
    ["retry", (store) => store.retry(running, newId())],
    ["tick", (store) => store.tick(newTick({ queues: ["default", "paused"] }))],
    ["maintain", (store) => store.maintain(30, 500)],
  ];
}

/** So many times the unit: a call that reads all of some table then reads ten times as much. */
const TIMES = 10;

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer<PostgresServer>;
    /** Databases to copy, of one unit and of ten, without statistics. */
    let templates: readonly [small: string, large: string];
    before(async () => {
      server = await startTestServer(version, { autovacuum: "off", shared_buffers: "256MB" });
      const fill = async (database: TestDatabase, from: number, to: number) => {
        for (const statement of FILL.split(";")) await database.sql(statement, [from, to]);
        await database.close();
        return new URL(database.url).pathname.slice(1);
      };
      const empty = await server.database();
      await empty.sql("insert into mayfly.queue (name, paused_at) values ('paused', now())");
      const small = await fill(empty, 0, 1);
      templates = [small, await fill(openDatabase(await server.server.createDatabase(small)), 1, TIMES)];
    });
    after(() => server.stop());

    for (const [what, analyze] of [
      ["with statistics of what there is", "vacuum analyze"],
      ["with sizes, but no statistics of what is in the tables", "vacuum"],
      ["without statistics", null],
    ] as const) {
      test(`a call reads no more with ${TIMES} times the backlog, ${what}`, async (t) => {
        const measureCopy = async (template: string) => {
          const database = openDatabase(await server.server.createDatabase(template));
          if (analyze) await database.sql(analyze);
          const blocks = await measure(database);
          await database.close();
          return blocks;
        };
        const [small, large] = [await measureCopy(templates[0]), await measureCopy(templates[1])];
        for (const [name, blocks] of Object.entries(small)) t.diagnostic(`${name}: ${blocks}, then ${large[name]}`);
        const grown = Object.entries(large).filter(([name, blocks]) => blocks > (small[name] ?? 0) * 1.5 + 20);
        assert.deepEqual(
          grown.map(([name, blocks]) => `${name}: ${small[name]} blocks, then ${blocks}`),
          [],
        );
      });
    }
  });
}
