/**
 * A breaking migration: it takes away what older code calls, and older code says so in a sentence, wherever it runs.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { isMayflyError } from "../../src/base/errors.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { checkSchema, migrate } from "../../src/postgres/migrate.ts";
import { migrations } from "../../src/postgres/sql/migrations.ts";
import { drain } from "../../src/worker/drain.ts";
import { tick } from "../../src/worker/tick.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { createWorker, schedulesOf } from "../support/worker.ts";

/** As of a release that has `turn_v2` and the like: it drops what is two releases old. */
const BREAKING = {
  number: migrations.length + 1,
  name: "0099_next",
  digest: "next",
  breaking: true,
  statements: [
    `do $$ declare f record; begin
      for f in select p.oid::regprocedure as name from pg_proc p where p.pronamespace = 'mayfly'::regnamespace and p.proname like '%\\_v1'
      loop execute format('drop function %s', f.name); end loop;
    end $$`,
  ],
};

const work = defineJob("work");
let server: TestServer;
let database: TestDatabase;
before(async () => {
  server = await testServer(18);
  database = await server.database();
});
after(async () => {
  await database.close();
  await server.stop();
});

test("stops producers, ticks, workers that live on and the start of others, of older code", async () => {
  const ran = Promise.withResolvers<void>();
  const worker = createWorker({
    store: database.store,
    handlers: [work.handle<undefined>(() => ran.resolve())],
    hardEndMs: 1e9,
    claimForMs: 1e9,
  });
  const wakeSignal = new WakeSignal();
  const living = drain(worker, {
    park: true,
    waitMs: 0,
    pollStrategy: { wakeSignal, pollMs: () => 1e6, resting: () => false, listening: () => true, onTurn() {} },
  });
  const lived = living.then(
    () => assert.fail("it ended without an error"),
    (error: unknown) => error,
  );
  await worker.jobs.enqueue(work, {});
  wakeSignal.wake();
  await ran.promise;

  await migrate(database.driver, { clock: systemClock, known: [...migrations, BREAKING] });
  wakeSignal.wake();
  const says = (error: unknown) =>
    isMayflyError(error, "schema_missing") && /^[^.]+\. Run "npx mayfly migrate" against it, or, where a newer version/.test(error.message);
  assert.ok(says(await lived));
  await assert.rejects(worker.jobs.enqueue(work, {}), says);
  await assert.rejects(tick(worker, { waitMs: 0, schedules: schedulesOf([]), retentionDays: 7 }), says);
  await assert.rejects(checkSchema(database.driver, systemClock), (error) => isMayflyError(error, "schema_too_new"));
});
