/**
 * A held snapshot keeps vacuum from removing what has been processed. What hot calls read does not grow with that, as far as can be:
 * docs/decisions/0020-dead-rows.md has the figures, and where it does.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Store } from "../../src/store/store.ts";
import type { TurnReply, Watermarks } from "../../src/store/turn.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { connectExplaining } from "../support/explain.ts";
import { type NewJobFields, newId, newJob, newTurn, success, type TurnFields } from "../support/samples.ts";

/** A full look through them reads twenty-five times what a claim does. The figures are of 300,000: `MAYFLY_DEAD=300000`, which takes minutes. */
const DEAD = Number(process.env.MAYFLY_DEAD ?? 50_000);
/** One that has run all the dead ones. */
const WORKER = newId();

/** Plain ones, ones with a key each, and ones that shared one, which had a running limit; an hour old. */
const JOBS = `
  insert into mayfly.scheduled (id, partition, queue, name, priority, retries, run_at, ready_at, has_hook, held_key, running_limit, reason)
  select mayfly.uuid7(), mayfly.partition_of(mayfly.uuid7()), 'default', case when n % 10 = 9 then 'limited' else 'work' end, (n % $2::int)::smallint, 0,
    case when n % 10 <> 9 then now() - interval '1 hour' + n * interval '1 ms' end, now() - interval '1 hour' + n * interval '1 ms', false,
    case when n % 10 = 9 then 'shared' when n % 3 = 0 then 'key-' || n end, case when n % 10 = 9 then 5 end, case when n % 10 = 9 then 'throttled' else 'due' end
  from generate_series(1, $1::int) as n`;
const KEYS =
  "insert into mayfly.held_key (id, name, key, exclusive) select s.id, s.name, s.held_key, s.running_limit is null from mayfly.scheduled s where s.held_key is not null";
/** What turns do to them, all at once. */
const PROCESSED = [
  `insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at, has_hook, held_key, running_limit)
   select s.id, s.partition, s.queue, s.name, s.priority, s.retries, s.ready_at, s.has_hook, s.held_key, s.running_limit from mayfly.scheduled s`,
  "delete from mayfly.scheduled",
  `insert into mayfly.running (id, partition, queue, name, priority, retries, ready_at, attempt, has_hook, held_key, running_limit, worker_id, claim_id)
   select r.id, r.partition, r.queue, r.name, r.priority, r.retries, r.ready_at, 1, r.has_hook, r.held_key, r.running_limit, '${WORKER}', gen_random_uuid()
   from mayfly.ready r`,
  "delete from mayfly.ready",
  "delete from mayfly.running",
  "delete from mayfly.held_key",
];

const LIVE = ["ready", "scheduled", "running", "held_key"];

type Blocks = Record<string, number>;

/** Jobs that come now. */
interface Kind {
  readonly priority: (nth: number) => number;
  /** A call reads at most so many times what it reads where nothing is dead. */
  readonly times: number;
}

async function enqueueMany(store: Store, count: number, more: (nth: number) => NewJobFields) {
  await store.enqueue(Array.from({ length: count }, (_, nth) => newJob(more(nth))));
}

/** What calls of a worker that passes back its watermarks read: the best of three, as the first ones plan. */
async function measure(database: TestDatabase, priority: (nth: number) => number): Promise<Blocks> {
  await enqueueMany(database.store, 300, (nth) => ({ priority: priority(nth) }));
  await enqueueMany(database.store, 20, () => ({ name: "limited", key: "shared", runningLimit: 1, queue: "limited" }));
  const explained = await connectExplaining(database.url);
  const blocks: Blocks = {};
  let watermarks: Watermarks | null = null;
  const keep = (name: string, seen: number) => {
    blocks[name] = Math.min(blocks[name] ?? Number.POSITIVE_INFINITY, seen);
  };
  async function turn(name: string, more: TurnFields, claimed: number) {
    const asked = newTurn({ workerId: WORKER, ...more });
    let reply: TurnReply | undefined;
    const seen = await explained.blocks(async (store) => {
      reply = await store.turn(asked);
    });
    assert.equal(reply?.jobs.length, claimed, name);
    keep(name, seen);
    watermarks = reply?.watermarks ?? null;
    return reply?.jobs.map(({ id }) => success(id, asked.claimId)) ?? [];
  }
  let settle = await turn("the first turn, without marks", { watermarks }, 10);
  for (let round = 0; round < 3; round++) {
    settle = await turn("settle 10 and claim 10", { settle, watermarks }, 10);
    settle = await turn("settle 10", { settle, watermarks, slots: 0 }, 0);
    await enqueueMany(database.store, 1, () => ({ delayMs: 60_000, priority: 3 }));
    await database.sql("update mayfly.scheduled set run_at = now() where run_at is not null");
    settle = await turn("promote 1 and claim 10", { watermarks }, 10);
    for (const [name, more] of [
      ["enqueue", {}],
      ["enqueue with a key", { key: newId() }],
      ["enqueue with a limit, of a new key", { key: newId(), limit: 3 }],
      ["enqueue with a limit, of the shared key", { name: "limited", key: "shared", limit: 100, queue: "elsewhere" }],
    ] as [string, NewJobFields][]) {
      keep(name, await explained.blocks((store) => store.enqueue([newJob(more)])));
    }
  }
  const limited = { queues: ["limited"], names: ["limited"], slots: 1 };
  let ended = await turn("claim under the shared limit", { ...limited, watermarks: null }, 1);
  for (let round = 0; round < 3; round++)
    ended = await turn("settle under the shared limit, let in, claim", { ...limited, settle: ended, watermarks }, 1);
  await explained.end();
  return blocks;
}

/** These grow: counting under a limit passes the dead rows of its own name and key. A first turn, and one every few seconds, passes all. */
const GROW = new Set([
  "the first turn, without marks",
  "enqueue with a limit, of the shared key",
  "claim under the shared limit",
  "settle under the shared limit, let in, claim",
]);

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startTestServer(version, { autovacuum: "off", shared_buffers: "512MB" });
    });
    after(() => server.stop());

    /** The names of what reads too much among dead jobs of so many priorities, for each kind of jobs that come now. */
    async function compare(t: TestContext, priorities: number, kinds: readonly Kind[]): Promise<string[][]> {
      const database = await server.database();
      const clean: Blocks[] = [];
      for (const { priority } of kinds) {
        clean.push(await measure(database, priority));
        await database.sql("truncate mayfly.job, mayfly.ready, mayfly.scheduled, mayfly.running, mayfly.held_key");
      }
      await database.sql(JOBS, [DEAD, priorities]);
      await database.sql(KEYS);
      await database.sql("analyze");
      const other = await database.pool.connect();
      await other.query("begin isolation level repeatable read; select 1 from mayfly.job limit 1");
      for (const step of PROCESSED) await database.sql(step);
      for (const table of LIVE) await database.sql(`vacuum mayfly.${table}`);
      const grown: string[][] = [];
      for (const [nth, { priority, times }] of kinds.entries()) {
        const held = await measure(database, priority);
        for (const [name, blocks] of Object.entries(clean[nth] ?? {})) t.diagnostic(`${name}: ${blocks}, then ${held[name]}`);
        grown.push(Object.keys(held).filter((name) => !GROW.has(name) && (held[name] ?? 0) > times * (clean[nth]?.[name] ?? 0)));
        // The next kind finds none of this one.
        for (const table of LIVE) await database.sql(`delete from mayfly.${table}`);
      }
      await other.query("commit");
      other.release();
      await database.close();
      return grown;
    }

    test("of one priority", async (t) => {
      assert.deepEqual(await compare(t, 1, [{ priority: () => 0, times: 10 }]), [[]]);
    });

    test("of three priorities, as those that come now, and while only the lowest comes now", async (t) => {
      // Before 18 Postgres passes every entry of the higher priorities within the index: twelve times with 300,000.
      const lowest = { priority: () => 0, times: version === 15 ? 15 : 10 };
      assert.deepEqual(await compare(t, 3, [{ priority: (nth) => nth % 3, times: 10 }, lowest]), [[], []]);
    });
  });
}
