/**
 * Results: where they lie, and how they go.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startTestServer, type TestServer } from "../support/database.ts";
import { onEachPostgres } from "../support/each-postgres.ts";
import { newLook } from "../support/samples.ts";

/** A result of a job that finished so many days ago. */
const FINISHED = `
  insert into mayfly.result (id, slot, run_at, created_at, finished_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
  select mayfly.uuid7(), mayfly.result_slot(now() - d * interval '1 day'), now(), now(), now() - d * interval '1 day', 0, 0, 1, false, 'successful', 'default', 'work', jsonb_build_object('days', d)
  from unnest($1::int[]) as d`;
const KEPT = "select (payload ->> 'days')::int as days from mayfly.result order by 1";

onEachPostgres((open) => {
  test("a tick removes results older than the retention, whole days at a time, and nothing younger", async () => {
    const database = await open();
    await database.sql(FINISHED, [[0, 1, 6, 7, 8, 9, 20, 30]]);
    await database.store.look(newLook({ retentionDays: null }));
    assert.equal((await database.sql(KEPT)).length, 8);
    await database.store.look(newLook({ retentionDays: 7 }));
    assert.deepEqual(
      await database.sql(KEPT),
      [0, 1, 6, 7].map((days) => ({ days })),
    );
    await database.store.look(newLook({ retentionDays: 1 }));
    assert.deepEqual(
      await database.sql(KEPT),
      [0, 1].map((days) => ({ days })),
    );
  });

  test("thirty days fit in the slots, and tomorrow's slot is always empty", async () => {
    const database = await open();
    await database.sql(FINISHED, [[0, 15, 30, 31]]);
    await database.store.look(newLook({ retentionDays: 30 }));
    assert.deepEqual(
      await database.sql(KEPT),
      [0, 15, 30].map((days) => ({ days })),
    );
    assert.deepEqual(
      await database.sql("select count(*)::int as n from mayfly.result where slot = mayfly.result_slot(now() + interval '1 day')"),
      [{ n: 0 }],
    );
  });
});

describe("beside readers", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(18);
  });
  after(() => server.stop());

  test("a reader of old results is not waited for: the slot goes at a later tick", async () => {
    const database = await server.database();
    await database.sql(FINISHED, [[9]]);
    const reader = await database.pool.connect();
    await reader.query("begin isolation level repeatable read");
    await reader.query(KEPT);
    await database.store.look(newLook({ retentionDays: 7 }));
    await reader.query("commit");
    reader.release();
    assert.deepEqual(await database.sql(KEPT), [{ days: 9 }]);
    await database.store.look(newLook({ retentionDays: 7 }));
    assert.deepEqual(await database.sql(KEPT), []);
    await database.close();
  });
});
