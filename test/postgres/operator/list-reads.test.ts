/**
 * A page of a list reads about as much as it shows, however much there is.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as statements from "../../../src/postgres/sql/statements.ts";
import { type TestDatabase, type TestServer, testServer } from "../../support/database.ts";
import { idOfDaysAgo } from "../../support/finished.ts";

const JOBS = 20_000;
/** A page of 50 descends the indexes of a live table, or of each partition of results, and of `job`: three or four blocks for each of its jobs. */
const [PAGE_OF_JOBS, PAGE_OF_RESULTS] = [250, 400];
/** One or a few jobs. */
const [FEW, ONE] = [50, 30];
/** A thousand live jobs, in the order of their ids: some twenty of them lie in a block. */
const LOOKED_THROUGH = 150;

/** Ready, scheduled and running jobs, one in ten with a key; every second lies in the partition of this older id. */
const fillBeside = (older: string) => `
  with asked as materialized (
    select case when n % 2 = 0 then mayfly.uuid7() else (left('${older}', 24) || lpad(n::text, 12, '0'))::uuid end as id, n, 'job-' || n % 20 as name, 'queue-' || n % 8 as queue, case when n % 10 = 0 then 'user-' || n end as key
    from generate_series(1, ${JOBS}) as n
  ), written as (
    insert into mayfly.job (id, partition, name, queue, key) select id, mayfly.partition_of(id), name, queue, key from asked
  ), held as (
    insert into mayfly.held_key (name, key, id, exclusive) select name, key, id, true from asked where key is not null
  ), ready as (
    insert into mayfly.ready (id, partition, queue, name, priority, retries, held_key, ready_at)
    select id, mayfly.partition_of(id), queue, name, 0, 0, key, now() from asked where n % 3 = 0
  ), scheduled as (
    insert into mayfly.scheduled (id, partition, queue, name, priority, retries, held_key, run_at)
    select id, mayfly.partition_of(id), queue, name, 0, 0, key, now() + n * interval '1 second' from asked where n % 3 = 1
  )
  insert into mayfly.running (id, partition, queue, name, priority, retries, held_key, ready_at, attempt, worker_id, claim_id)
  select id, mayfly.partition_of(id), queue, name, 0, 0, key, now(), 1, md5((n % 100)::text)::uuid, gen_random_uuid() from asked where n % 3 = 2`;
const FINISH = `
  insert into mayfly.result (id, claim_id, partition, finished_at, attempt, outcome, queue, name, key)
  select j.id, gen_random_uuid(), j.partition, now() - row_number() over () * interval '1 second', 1, 'successful', j.queue, j.name, j.key
  from mayfly.job j`;

type Case = readonly [what: string, max: number, text: string, params: readonly (string | null)[]];

/** A first page of 50. */
const page = (...params: (string | null)[]) => ["51", "50", "{}", ...params];

const CASES: readonly Case[] = [
  ["all live jobs", PAGE_OF_JOBS, statements.jobsNewest, page(null, null)],
  ["waiting jobs", PAGE_OF_JOBS, statements.jobsNewest, page("{ready,scheduled}", null)],
  ["ready jobs of a queue", PAGE_OF_JOBS, statements.jobsReady, page("queue-3", null, null, null)],
  ["scheduled jobs", PAGE_OF_JOBS, statements.jobsScheduled, page(null, null)],
  ["jobs of a worker", PAGE_OF_JOBS, statements.jobsRunning, page("c81e728d-9d4c-2f63-6f06-7f89cc14862c", null, null)],
  ["live jobs by key", FEW, statements.jobsKeyed, page("user-5000", null, null)],
  ["live jobs by key and name", FEW, statements.jobsKeyed, page("user-5000", "job-0", null)],
  ["all results", PAGE_OF_RESULTS, statements.results, page(null, null, null, null, null, null, null)],
  ["results by key", FEW, statements.results, page(null, "user-5000", null, null, null, null, null)],
  ["a job", ONE, statements.job, ["$id"]],
  ["live jobs of a definition's key", ONE, statements.liveJobs, ["job-0", "user-5000", "false", "100", "10000"]],
  ["live jobs of a definition", LOOKED_THROUGH, statements.liveJobs, ["job-none", null, "false", "100", "1000"]],
];

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    let database: TestDatabase;
    let id: string;
    before(async () => {
      server = await testServer(version);
      database = await server.database();
      await database.sql(fillBeside(await idOfDaysAgo(database.sql, 8)));
      await database.sql(FINISH);
      await database.sql("vacuum analyze");
      id = (await database.sql<{ id: string }>("select id from mayfly.ready limit 1"))[0]?.id ?? "";
    });
    after(async () => {
      await database.close();
      await server.stop();
    });

    for (const [what, max, text, params] of CASES) {
      test(`${what}: a read takes at most ${max} blocks`, async () => {
        const { rows } = await database.pool.query<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }>({
          text: `explain (analyze, buffers, format json) ${text}`,
          values: params.map((value) => (value === "$id" ? id : value)),
        });
        const [{ Plan: plan }] = rows[0]?.["QUERY PLAN"] ?? [{ Plan: {} }];
        const blocks = (plan["Shared Hit Blocks"] ?? Number.NaN) + (plan["Shared Read Blocks"] ?? Number.NaN);
        assert.ok(blocks <= max, `${blocks} blocks`);
      });
    }
  });
}
