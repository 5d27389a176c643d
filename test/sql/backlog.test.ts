/**
 * What a call reads does not grow with the backlog, nor with what statistics say of it.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Settlement } from "../../src/store/settlement.ts";
import type { Store, Watermarks } from "../../src/store/store.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { connectExplaining } from "../support/explain.ts";
import { newId, newJob, newLook, newTurn, success } from "../support/samples.ts";

/** In units of a hundredth: ready, ready in a paused queue, scheduled, with a key of its own, held, and results of six days. */
const FILL = `
  insert into mayfly.job (id, name, state, queue, priority, run_at, ready_at, hooked)
  select mayfly.uuid7(), 'work', 'ready', q.name, (n % 3)::smallint, now() - interval '1 hour', now() - interval '1 hour' + n * interval '1 ms', false
  from generate_series($1::int * 1000 + 1, $2::int * 1000) as n, unnest(array['default', 'paused']) as q(name);
  insert into mayfly.job (id, name, state, run_at)
  select mayfly.uuid7(), 'work', 'scheduled', now() + interval '1 hour' + n * interval '1 ms' from generate_series($1::int * 10000 + 1, $2::int * 10000) as n;
  insert into mayfly.job (id, name, state, queue, run_at, ready_at, concurrency_key, exclusive)
  select mayfly.uuid7(), 'work', 'ready', 'keyed', now(), now(), 'key-' || n, true from generate_series($1::int * 100 + 1, $2::int * 100) as n;
  insert into mayfly.job (id, name, state, queue, run_at, ready_at, concurrency_key, running_limit, held)
  select mayfly.uuid7(), 'work', 'scheduled', 'default', now(), now() - interval '1 hour', 'capped-' || n % 10, 2, true from generate_series($1::int * 100 + 1, $2::int * 100) as n;
  insert into mayfly.result (id, claim_id, slot, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
  select mayfly.uuid7(), gen_random_uuid(), mayfly.result_slot(now() - n % 6 * interval '1 day'), now(), now(), 0, 0, 1, false, 'successful', 'default', 'work', '{}'
  from generate_series($1::int * 2000 + 1, $2::int * 2000) as n`;

type Blocks = Record<string, number>;

/** What each hot call reads, by its name, the best of three rounds: planning is not meant. */
async function measure(database: TestDatabase): Promise<Blocks> {
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

/** A worker that holds ten jobs, with its marks. */
async function held(store: Store) {
  const turn = newTurn({ queues: ["default", "paused"] });
  const { jobs, marks } = await store.turn(turn);
  assert.equal(jobs.length, 10);
  return { ...turn, marks, settle: jobs.map(({ id }): Settlement => success(id, turn.claimId)) };
}

function calls(worker: ReturnType<typeof newTurn> & { marks: Watermarks }): [name: string, call: (store: Store) => Promise<unknown>][] {
  const [waiting, running, known] = [newJob(), worker.settle[0]?.id ?? "", newJob()];
  return [
    ["enqueue", (store) => store.enqueue([waiting])],
    ["enqueue a known one", (store) => store.enqueue([waiting])],
    ["enqueue with a key", (store) => store.enqueue([newJob({ key: newId() })])],
    ["enqueue with a key that is held", (store) => store.enqueue([newJob({ key: "key-50" })])],
    ["enqueue with a limit", (store) => store.enqueue([newJob({ key: "limited", limit: 5 })])],
    ["enqueue over its limit", (store) => store.enqueue([newJob({ key: "capped-1", limit: 5 })])],
    ["enqueue with a running limit", (store) => store.enqueue([newJob({ key: newId(), runningLimit: 5, queue: "elsewhere" })])],
    ["count the live ones of a key", (store) => store.liveCounts([{ name: "work", key: "key-50" }])],
    ["list the live ones of a key", (store) => store.liveJobs({ name: "work", key: "key-50", running: false, most: 10 })],
    [
      "settle 5 and claim 5, from the marks on",
      (store) => store.turn({ ...worker, claimId: newId(), slots: 5, settle: worker.settle.slice(0, 5) }),
    ],
    [
      "settle 5 and claim 5, without marks",
      (store) => store.turn({ ...worker, claimId: newId(), slots: 5, settle: worker.settle.slice(5), marks: null }),
    ],
    ["settle one whose job is gone", (store) => store.turn({ ...worker, claimId: newId(), slots: 0, settle: worker.settle.slice(5, 6) })],
    ["job", (store) => store.job(known.id)],
    ["job that has ended", (store) => store.job(running)],
    ["cancel", (store) => store.cancel(waiting.id)],
    ["cancel one that has ended", (store) => store.cancel(running)],
    ["retry", (store) => store.retry(running, newId())],
    ["look", (store) => store.look(newLook({ queues: ["default", "paused"], retentionDays: 30 }))],
  ];
}

describe("Postgres 18", () => defineFor(18, 100, 20));
// Its plans are the same, as another test says, so that a tenth shows as much.
describe("Postgres 15", () => defineFor(15, 10, 10));

function defineFor(version: 15 | 18, most: number, mostUnanalyzed: number): void {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(version, { autovacuum: "off", shared_buffers: "256MB" });
  });
  after(() => server.stop());

  for (const [what, analyze, times] of [
    ["with statistics of what there is", "vacuum analyze", most],
    ["with statistics of empty tables", "vacuum", mostUnanalyzed],
    ["without statistics", null, mostUnanalyzed],
  ] as const) {
    test(`a call reads no more with ${times} times the backlog, ${what}`, async (t) => {
      const database = await server.database();
      await database.sql("insert into mayfly.queue (name, paused_at) values ('paused', now())");
      if (analyze === "vacuum") await database.sql("analyze");
      const fill = async (from: number, to: number) => {
        for (const statement of FILL.split(";")) await database.sql(statement, [from, to]);
        if (analyze) await database.sql(analyze);
      };
      await fill(0, 1);
      const small = await measure(database);
      await fill(1, times);
      const large = await measure(database);
      for (const [name, blocks] of Object.entries(small)) t.diagnostic(`${name}: ${blocks}, then ${large[name]}`);
      const grown = Object.entries(large).filter(([name, blocks]) => blocks > (small[name] ?? 0) * 1.5 + 20);
      assert.deepEqual(
        grown.map(([name, blocks]) => `${name}: ${small[name]} blocks, then ${blocks}`),
        [],
      );
      await database.close();
    });
  }
}
