/**
 * Housekeeping that the database refuses: it stops neither rescue nor schedules nor jobs, is told of, and is done once it may be.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createConsumer } from "../../src/app/consumer.ts";
import { createMayfly, defineJob, schedule } from "../../src/index.ts";
import { openDatabase, startTestServer, type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { claim, housekeep, newId, newJob, newTick, newTurn, success } from "../support/samples.ts";
import { recordingLogger } from "../support/worker.ts";

/** All that housekeeping has to do: a job past its retention, an old claim, an old request, counters and usage of an hour ago. */
const CHORES = [
  `with past as (select mayfly.uuid7_floor(now() - interval '20 days') as id), jobs as (
     insert into mayfly.job (id, partition, name) select p.id, mayfly.partition_of(p.id), 'work' from past p
   )
   insert into mayfly.result (id, claim_id, partition, finished_at, attempt, outcome, queue, name)
   select p.id, p.id, mayfly.partition_of(p.id), now() - interval '20 days', 1, 'successful', 'default', 'work' from past p`,
  "insert into mayfly.claim (id, worker_id, at) values ('01890000-0000-7000-8000-000000000000', gen_random_uuid(), now() - interval '2 hours')",
  "insert into mayfly.idempotency_key (id, digest, at) values (gen_random_uuid(), 'digest', now() - interval '2 days')",
  "insert into mayfly.attempt_counts (at, attempts, retries, outcome, queue) values (now() - interval '1 hour', 1, 0, 'successful', 'default')",
  `insert into mayfly.attempt_counts (span, at, attempts, retries, outcome, queue)
   values ('hour', now() - interval '9 days', 1, 0, 'successful', 'default')`,
  "insert into mayfly.usage (at, bytes, ms, round_trips, jobs) values (now() - interval '1 hour', 1, 1, 1, 1)",
  "insert into mayfly.usage (span, at, bytes, ms, round_trips, jobs) values ('minute', now() - interval '2 days', 1, 1, 1, 1)",
  "update mayfly.duty set due_at = now() where every is not null",
];

/** What of that is still to be done. */
const LEFT = `select c.chore from (values
  ('claims', (select count(*) from mayfly.claim where at < now() - interval '1 hour')),
  ('counts', (select count(*) from mayfly.attempt_counts where span = 'turn' and at < now() - interval '30 minutes' or span = 'hour')),
  ('jobs', (select count(*) from mayfly.job where id < mayfly.uuid7_floor(now() - interval '19 days'))),
  ('requests', (select count(*) from mayfly.idempotency_key)),
  ('results', (select count(*) from mayfly.result where finished_at < now() - interval '19 days')),
  ('usage', (select count(*) from mayfly.usage where span = 'call' and at < now() - interval '30 minutes' or at < now() - interval '25 hours'))
) as c(chore, rows) where c.rows > 0 order by 1`;

async function left({ sql }: TestDatabase): Promise<string[]> {
  return (await sql<{ chore: string }>(LEFT)).map(({ chore }) => chore);
}

const outcomesOf = async ({ sql }: TestDatabase, id: string) =>
  (await sql<{ outcome: string }>("select outcome from mayfly.result where id = $1 order by finished_at", [id])).map(
    ({ outcome }) => outcome,
  );

for (const version of [18, 15] as const) {
  describe(`a publication for all tables, on Postgres ${version}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startTestServer(version, { wal_level: "logical" });
    });
    after(() => server.stop());

    for (const how of ["", " with (publish_via_partition_root = true)"]) {
      test(`jobs are enqueued, run, retried by hand, cancelled, and cleared away as ever${how}`, async () => {
        const database = await server.database();
        const { store, sql } = database;
        await sql(`create publication everything for all tables${how}`);
        for (const chore of CHORES) await sql(chore);
        const [done, dropped] = [newJob(), newJob({ delayMs: 3_600_000 })];
        await store.enqueue([done, dropped]);
        const claimed = await claim(store);
        await store.turn(newTurn({ workerId: claimed.workerId, settle: [success(done.id, claimed.claimId)], slots: 0, leave: true }));
        assert.deepEqual(await outcomesOf(database, done.id), ["successful"]);
        const again = newId();
        assert.equal((await store.retry(done.id, again)).outcome, "enqueued");
        assert.equal((await store.retry(done.id, newId())).outcome, "already");
        assert.deepEqual(
          (await claim(store)).jobs.map(({ id }) => id),
          [again],
        );
        await store.cancel(dropped.id);
        assert.deepEqual(await outcomesOf(database, dropped.id), ["cancelled"]);
        await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
        assert.equal((await store.tick(newTick())).lost, 1);
        assert.deepEqual((await housekeep(database, 7)).failed, []);
        assert.deepEqual(await left(database), []);
        await database.close();
      });
    }

    test("every table can tell its rows apart", async () => {
      const database = await server.database();
      assert.deepEqual(
        await database.sql(`
          select c.oid::regclass::text as name from pg_class c
          where c.relnamespace = 'mayfly'::regnamespace and c.relkind = 'r' and c.relreplident <> 'f'
            and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`),
        [],
      );
      await database.close();
    });
  });
}

const work = defineJob("work", { retries: 1 });

describe("an owner that may not do everything", () => {
  let server: TestServer;
  before(async () => {
    server = await testServer(18);
  });
  after(() => server.stop());

  /** What a worker needs besides, and what it is not given; then a tick as that role. */
  async function tickWithout(database: TestDatabase, role: string, refused: string, allowed: string) {
    await database.sql(`create role ${role} login`);
    await database.sql(`grant usage on schema mayfly to ${role}`);
    await database.sql(`grant execute on all functions in schema mayfly to ${role}`);
    await database.sql(`grant select, insert, update, delete, truncate on all tables in schema mayfly to ${role}`);
    await database.sql(`revoke ${refused} from ${role}`);
    // Housekeeping has the rights of its owner.
    await database.sql(`alter function mayfly.maintain_v1 owner to ${role}`);
    const limited = openDatabase(Object.assign(new URL(database.url), { username: role }).href, 2);
    const logger = recordingLogger();
    const options = {
      jobs: [work],
      schedules: [schedule("often", "* * * * * *", work)],
      logger,
      database: () => limited.driver,
    };
    const consumer = createConsumer(createMayfly<undefined>(options), {
      handlers: [work.handle(() => "done")],
      runtime: "test",
      concurrency: 10,
      lifetime: { claimForMs: 1_500, hardEndMs: 900_000 },
    });

    const dead = newJob({ retries: 1 });
    await database.store.enqueue([dead]);
    await claim(database.store);
    await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
    for (const chore of CHORES) await database.sql(chore);
    const report = await consumer.tick(undefined);
    assert.deepEqual(await outcomesOf(database, dead.id), ["lost", "successful"]);
    assert.ok(report.successful > 1, "a job of the schedule has run, too");
    const after = await left(database);

    await database.sql(`grant ${allowed} to ${role}`);
    const kept = await database.sql<{ name: string }>(
      "select name from mayfly.duty where failed_at is not null and sql_state = '42501' order by name",
    );
    assert.deepEqual(
      kept.map(({ name }) => name).sort(),
      report.failed.map(({ duty }) => duty).sort(),
      "what failed is kept for the doctor",
    );
    await database.sql("update mayfly.duty set due_at = now() where every is not null");
    const second = await consumer.tick(undefined);
    assert.deepEqual([second.failed, await left(database)], [[], []]);
    assert.deepEqual(await database.sql("select name from mayfly.duty where failed_at is not null"), []);
    await limited.close();
    await database.sql("alter function mayfly.maintain_v1 owner to current_user");
    await database.sql(`drop owned by ${role}`);
    await database.sql(`drop role ${role}`);
    return { report, after, logger };
  }

  test("without TRUNCATE, retention fails alone: it is told, and done once it may be", async () => {
    const database = await server.database();
    const everything = "truncate on all tables in schema mayfly";
    const { report, after, logger } = await tickWithout(database, "no_truncate", everything, everything);
    assert.deepEqual(
      report.failed.map(({ duty, sqlState }) => [duty, sqlState]),
      [["retention", "42501"]],
    );
    assert.match(report.failed[0]?.message ?? "", /permission denied for table (job|result)_\d\d/);
    assert.deepEqual(after, ["jobs", "results"]);
    const warned = logger.lines.filter(({ message }) => message === "housekeeping failed");
    assert.deepEqual(
      warned.map(({ fields }) => fields),
      report.failed,
    );
    await database.close();
  });

  test("without DELETE on the counters, counting fails alone", async () => {
    const database = await server.database();
    const tables = "delete on mayfly.attempt_counts";
    const { report, after } = await tickWithout(database, "no_counts", tables, tables);
    assert.deepEqual(report.failed, [{ duty: "count", sqlState: "42501", message: "permission denied for table attempt_counts" }]);
    assert.deepEqual(after, ["counts", "usage"]);
    await database.close();
  });

  test("without DELETE on what housekeeping alone clears away, each duty is told by itself", async () => {
    const database = await server.database();
    const tables = "delete on mayfly.idempotency_key, mayfly.attempt_counts, mayfly.usage";
    const { report, after } = await tickWithout(database, "no_delete", tables, tables);
    assert.deepEqual(
      report.failed.map(({ duty, message }) => [duty, message]),
      [
        ["count", "permission denied for table attempt_counts"],
        ["forget", "permission denied for table idempotency_key"],
      ],
    );
    assert.deepEqual(after, ["claims", "counts", "requests", "usage"]);
    await database.close();
  });
});
