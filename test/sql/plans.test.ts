/**
 * Each hot statement, those inside the functions too, reads through the indexes that its file names and no others,
 * and what it reads does not grow with the backlog.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import pgClient from "pg";
import { createIdSource } from "../../src/core/ids.ts";
import { systemClock } from "../../src/mayfly/system-clock.ts";
import { statements } from "../../src/sql/statements.ts";
import { postgresStore } from "../../src/store/postgres-store.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { failure, newJob, newLook, newTurn, success } from "../support/samples.ts";

/** A queue with everything in it: ready, scheduled, running, keyed, limited, ended; some of each. */
const BACKLOG = `
  insert into mayfly.job (id, state, name, queue, run_at, ready_at, priority, concurrency_key, exclusive, worker_id, claim_id)
  select gen_random_uuid(), s.state, 'work', q.name, now() + case when s.state = 'scheduled' then interval '1 day' else '-1 day' end + n * interval '1 second',
    case when s.state = 'ready' then now() - interval '1 day' + n * interval '1 second' end, (n % 3)::smallint,
    case n % 4 when 0 then 'key-' || s.state || q.name || n when 1 then 'group-' || n % 50 end, n % 4 = 0,
    case when s.state = 'running' then md5('worker' || n % 50)::uuid end, case when s.state = 'running' then md5('claim' || n % 500)::uuid end
  from generate_series($1::int, $2::int) as n, unnest(array['ready', 'scheduled', 'running']) as s(state), unnest(array['default', 'mail']) as q(name)`;
const RESULTS = `
  insert into mayfly.result (id, claim_id, slot, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
  select gen_random_uuid(), gen_random_uuid(), n % 32, now(), now(), 0, 0, 1, false, 'successful', 'default', 'work', '{}' from generate_series($1::int * 16, $2::int * 16) as n`;
const WORKERS = "insert into mayfly.worker (id) select md5('worker' || n)::uuid from generate_series(0, 49) as n";
const CLAIMS = "insert into mayfly.claim (id, worker_id) select mayfly.uuid7(), gen_random_uuid() from generate_series($1::int, $2::int)";

const AUTO_EXPLAIN = `
  load 'auto_explain';
  set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set auto_explain.log_format = json;
  set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set auto_explain.log_buffers = on; set client_min_messages = log`;

interface Plan {
  "Node Type": string;
  "Actual Loops": number;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Conflict Arbiter Indexes"?: string[];
  Plans?: Plan[];
}

/** What the statements of a call read. */
interface Reads {
  readonly indexes: ReadonlySet<string>;
  /** Tables that were read whole. */
  readonly scanned: ReadonlySet<string>;
}

/** A connection that tells the plan of every statement, the nested ones too. */
async function connectExplaining(url: string) {
  const client = new pgClient.Client(url);
  await client.connect();
  const plans: Plan[] = [];
  client.on("notice", ({ message = "" }) => {
    const json = /plan:\n([\s\S]*)$/.exec(message)?.[1];
    if (json !== undefined) plans.push((JSON.parse(json) as { Plan: Plan }).Plan);
  });
  const driver = {
    query: async ({ text, params }: { text: string; params: readonly (string | null)[] }) =>
      (await client.query({ text, values: [...params], types: { getTypeParser: () => (value: string) => value } })).rows as never[],
    transaction: () => Promise.reject(new Error("no transaction is explained")),
  };
  return {
    store: postgresStore({ driver, clock: systemClock }),
    explain: () => client.query(AUTO_EXPLAIN),
    /** What has been read since the last time. */
    reads(): Reads {
      const [indexes, scanned] = [new Set<string>(), new Set<string>()];
      for (let plan = plans.pop(); plan; plan = plans.pop()) {
        if (plan["Actual Loops"] === 0) continue;
        plans.push(...(plan.Plans ?? []));
        const index = plan["Index Name"] ?? plan["Conflict Arbiter Indexes"]?.[0];
        if (index) indexes.add(index.replace(/^result_\d\d_id_idx$/, "result_id"));
        if (plan["Node Type"] === "Seq Scan") scanned.add(plan["Relation Name"] ?? "");
      }
      return { indexes, scanned };
    },
    async buffers(text: string, params: readonly (string | null)[]) {
      const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, [...params]);
      const plan = (rows as { "QUERY PLAN": [{ Plan: Record<string, number> }] }[])[0]?.["QUERY PLAN"][0].Plan;
      return (plan?.["Shared Hit Blocks"] ?? 0) + (plan?.["Shared Read Blocks"] ?? 0);
    },
    end: () => client.end(),
  };
}

/** The indexes that the comment of a file in sql/ names. */
function namedIn(file: string): string[] {
  const [, list = ""] = /^-- indexes:?\s+(.+)$/m.exec(readFileSync(new URL(`../../sql/${file}.sql`, import.meta.url), "utf8")) ?? [];
  return [...new Set(list.match(/\b(job|claim|worker|result|queue)_[a-z]+\b/g))].sort();
}

const newId = createIdSource(systemClock);

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    let database: TestDatabase;
    let explained: Awaited<ReturnType<typeof connectExplaining>>;
    const fill = async (from: number, to: number) => {
      for (const text of [BACKLOG, RESULTS, CLAIMS]) await database.sql(text, [from, to]);
      await database.sql("vacuum analyze");
    };
    before(async () => {
      server = await startTestServer(version, { autovacuum: "off" });
      database = await server.database();
      await database.sql(WORKERS);
      await fill(1, 2_000);
      explained = await connectExplaining(database.url);
    });
    after(async () => {
      await explained.end();
      await database.close();
      await server.stop();
    });

    async function readsOf(call: () => Promise<unknown>): Promise<Reads> {
      await explained.explain();
      explained.reads();
      await call();
      return explained.reads();
    }

    test("enqueue_v1 and live_count", async () => {
      const { store } = explained;
      const { indexes, scanned } = await readsOf(async () => {
        const known = newJob({ key: "k" });
        await store.enqueue([known]);
        await store.enqueue([known, newJob({ key: "k" }), newJob({ key: "g", limit: 2 }), newJob({ limit: 2 })]);
        await store.liveCounts([{ name: "work", key: "k" }]);
      });
      assert.deepEqual([...scanned], []);
      assert.deepEqual([...indexes].sort(), namedIn("functions/enqueue_v1"));
      assert.deepEqual(namedIn("functions/live_count"), namedIn("statements/live-count"));
      assert.ok(namedIn("functions/live_count").every((index) => indexes.has(index)));
    });

    test("turn_v1", async () => {
      const { store } = explained;
      const { indexes, scanned } = await readsOf(async () => {
        await database.sql("update mayfly.job set run_at = now() where id = (select id from mayfly.job where state = 'scheduled' limit 1)");
        await database.store.enqueue([1, 2, 3].map(() => newJob({ key: "capped", runningLimit: 1, priority: 9 })));
        const turn = newTurn({ queues: ["default", "mail"] });
        const { jobs } = await store.turn(turn);
        await store.turn(turn);
        const [a, b, c] = [...jobs].sort((one, other) => Number(other.key === "capped") - Number(one.key === "capped")).map(({ id }) => id);
        const settle = [success(a ?? "", turn.claimId), failure(b ?? "", turn.claimId), failure(c ?? "", turn.claimId, 0)];
        await store.turn({ ...turn, claimId: newId(), settle });
        await store.turn({ ...turn, claimId: newId(), settle, leave: true });
        await store.turn(newTurn({ names: [], slots: 5 }));
      });
      assert.deepEqual([...scanned], []);
      assert.deepEqual([...indexes].sort(), namedIn("functions/turn_v1"));
    });

    test("rescue_v1 and look_v1", async () => {
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour' where id = md5('worker7')::uuid");
      await database.sql(
        "update mayfly.claim set id = '01890000-0000-7000-8000-000000000000', at = now() - interval '2 hours' where id = (select id from mayfly.claim limit 1)",
      );
      const { indexes, scanned } = await readsOf(() =>
        explained.store.look(newLook({ staleMs: 90_000, most: 10, queues: ["default", "mail"] })),
      );
      assert.deepEqual(
        [...scanned].filter((table) => table !== "worker"),
        [],
      );
      const named = [...new Set([...namedIn("functions/rescue_v1"), ...namedIn("functions/look_v1")])].sort();
      assert.deepEqual([...indexes].sort(), named);
    });

    test("job", async () => {
      const { indexes, scanned } = await readsOf(() => explained.store.job(newId()));
      assert.deepEqual([[...scanned], [...indexes].sort()], [[], namedIn("statements/job")]);
    });

    test("what a call reads does not grow with the backlog", async () => {
      const calls: [text: string, params: () => (string | null)[]][] = [
        [statements.enqueue, () => [JSON.stringify([{ id: newId(), name: "work" }]), "false", "false"]],
        [
          statements.turn,
          () => [newId(), newId(), "10", "{default,mail}", "{work}", "{}", "{}", null, null, JSON.stringify({ runtime: "test" })],
        ],
        [
          statements.liveCount,
          () => [
            JSON.stringify([
              { name: "work", key: "key-readydefault4" },
              { name: "work", key: "group-x" },
            ]),
          ],
        ],
        [statements.look, () => ["90000", "10", "{default,mail}", "{}"]],
        [statements.job, () => [newId()]],
      ];
      const measure = async () => {
        const buffers: number[] = [];
        for (const [text, params] of calls) {
          await explained.buffers(text, params());
          buffers.push(await explained.buffers(text, params()));
        }
        return buffers;
      };
      const small = await measure();
      await fill(2_001, 20_000);
      const large = await measure();
      small.forEach((before, index) => {
        const now = large[index] ?? Number.NaN;
        assert.ok(now <= before * 1.5 + 20, `${calls[index]?.[0].slice(0, 60)}: ${before} blocks with 2,000 of each, ${now} with 20,000`);
      });
    });
  });
}
