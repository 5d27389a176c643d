/**
 * What operators do, as people and as programs do it.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import type { RetryResult } from "../../src/job/jobs-client.ts";
import type { Stats } from "../../src/operate/operator-client.ts";
import { idOfDaysAgo, writeFinished } from "../support/finished.ts";
import { claim, failure, newId, newJob, newTurn } from "../support/samples.ts";
import { run } from "./program.ts";
import { sampleQueue } from "./sample-queue.ts";

const { database, mayfly, json } = sampleQueue();

const only = async (sql: string) => (await database.sql<object>(sql))[0];

test("stats and doctor: text and data; a problem is exit code 1", async () => {
  await database.store.enqueue([newJob({ name: "echo" }), newJob({ name: "strange", queue: "mail" })]);
  await claim(database.store, { queues: ["mail"], names: [] });
  const [stats, counted, fine] = await Promise.all([mayfly("stats"), json<Stats>("stats"), mayfly("doctor")]);
  assert.match(
    stats.answer,
    /^queue +ready .*\n(default +1 .*\n)mail +0 +0 +0 +0 +1 .*\nall +1 +0 +0 +0 +1 .*\n\nworkers: 1 alive, 0 stale\nlast day: \d+ round trips, .* awake for \w+\n$/m,
  );
  assert.deepEqual(
    counted.queues.map(({ queue, ready, parked }) => [queue, ready, parked]),
    [
      ["default", 1, 0],
      ["mail", 0, 1],
    ],
  );
  assert.equal(fine.code, 0);
  assert.match(fine.answer, /^ok +schema +The schema is at version \d+/);
  assert.match(fine.answer, /^warning +unknown names +1 job named "strange"/m);

  await database.sql("update mayfly.ready set ready_at = now() - interval '1 hour'");
  await database.sql("update mayfly.scheduled set ready_at = now() - interval '1 hour'");
  const { code, answer } = await mayfly("doctor", "--json");
  const { advice, diagnosis } = JSON.parse(answer) as { advice: { severity: string }[]; diagnosis: { parked: unknown[] } };
  assert.deepEqual([code, advice.filter(({ severity }) => severity === "problem").length, diagnosis.parked.length], [1, 2, 1]);
});

test("cancel and retry: each outcome", async () => {
  const waiting = newJob();
  const running = newJob({ name: "fails" });
  await database.store.enqueue([waiting, running]);
  const { claimId, workerId } = await claim(database.store, { names: ["fails"], park: false });
  const [requested, live, unknown] = await Promise.all([
    mayfly("cancel", running.id),
    mayfly("retry", running.id),
    mayfly("cancel", newId()),
  ]);
  assert.deepEqual([requested.code, /runs: its handler is told/.test(requested.answer)], [0, true]);
  assert.deepEqual([live.code, live.answer], [1, `The job ${running.id} has not finished.\n`]);
  assert.deepEqual([unknown.code, /^There is no job/.test(unknown.answer)], [1, true]);

  await database.store.turn(newTurn({ workerId, slots: 0, settle: [failure(running.id, claimId)] }));
  const [cancelled, finished, retried] = await Promise.all([
    json("cancel", waiting.id),
    mayfly("cancel", running.id),
    json<RetryResult>("retry", running.id),
  ]);
  assert.deepEqual(cancelled, { id: waiting.id, outcome: "cancelled" });
  assert.deepEqual([finished.code, finished.answer], [1, `The job ${running.id} had ended before.\n`]);
  assert.equal(retried.outcome, "enqueued");
  const [already, gone] = await Promise.all([mayfly("retry", running.id), mayfly("retry", newId())]);
  assert.deepEqual([already.code, already.answer], [0, `It was enqueued once more before, as ${retried.id}.\n`]);
  assert.equal(gone.code, 1);
});

test("pause and resume: a queue and a schedule", async () => {
  const mail = await mayfly("pause", "mail");
  assert.deepEqual([mail.code, mail.answer], [0, 'The queue "mail" is paused: nothing more of it is claimed.\n']);
  const slip = await mayfly("pause", "mial");
  assert.match(slip.answer, /No job of sample\.config\.ts is on it by default/);
  assert.deepEqual(await json("resume", "mail"), { queue: "mail", paused: false });
  assert.deepEqual(await database.sql("select name from mayfly.queue where paused_at is not null"), [{ name: "mial" }]);

  const daily = [{ name: "daily", nextAt: "2030-01-01T09:00:00Z", definition: {} }];
  for (const application of ["sample", "other"]) await database.store.announceSchedules({ application, hash: "h" }, daily);
  const paused = await mayfly("pause", "--schedule", "daily");
  assert.deepEqual([paused.code, paused.answer], [0, 'The schedule "daily" is paused: it enqueues nothing more.\n']);
  const stopped = "select application from mayfly.schedule where paused_at is not null";
  assert.deepEqual(await database.sql(stopped), [{ application: "sample" }]);
  const [wrong, other] = await Promise.all([
    mayfly("resume", "--schedule", "dayli"),
    json("pause", "--schedule", "daily", "--application", "other"),
  ]);
  const known = 'There is no schedule "dayli" of "sample". Known: daily of other, daily of sample.';
  assert.deepEqual([wrong.code, wrong.all], [2, `mayfly: ${known}\n`]);
  assert.deepEqual(other, { application: "other", schedule: "daily", paused: true });
  const goesOn = await mayfly("resume", "--schedule", "daily");
  assert.equal(goesOn.answer, 'The schedule "daily" goes on.\n');
  assert.deepEqual(await database.sql(stopped), [{ application: "other" }]);
});

test("clear: the retention of the configuration, or what is asked for", async () => {
  const { sql } = database;
  for (const finishedDaysAgo of [0, 2, 3, 12]) {
    await writeFinished(sql, [{ id: await idOfDaysAgo(sql, finishedDaysAgo), finishedDaysAgo }]);
  }
  const cleared = await mayfly("clear");
  const told = "Removed what is older than 3 days: emptied 1 partition, and deleted the results of 1 job more.\n";
  assert.deepEqual([cleared.code, cleared.answer], [0, told], cleared.all);
  assert.deepEqual(await json("clear", "--older-than", "1d"), { days: 1, emptied: 0, deleted: 1, kept: 0 });
  assert.deepEqual(await only("select count(*)::int as kept from mayfly.result"), { kept: 1 });
});

test("purge: says how many, and ends them with --yes", async () => {
  await database.store.enqueue([newJob(), newJob({ queue: "mail" }), newJob({ queue: "mail" })]);
  await claim(database.store, { slots: 1 });
  const [asked, none] = await Promise.all([mayfly("purge"), mayfly("purge", "--queue", "empty")]);
  const list = "default 1, of which 1 run; mail 2, of which 0 run";
  assert.deepEqual(
    [asked.code, asked.all],
    [2, `mayfly: A purge would end 3 live jobs (${list}), and there is no way back. With --yes it does.\n`],
  );
  assert.match(none.all, /would end 0 live jobs, and/);
  assert.deepEqual(await json("purge", "--queue", "mail", "--yes"), { ended: 2, removed: 0 });
  const rest = await mayfly("purge", "--yes");
  assert.deepEqual([rest.code, rest.answer], [0, "Ended 1 job as cancelled.\n"]);
  assert.deepEqual(await database.sql("select id from mayfly.live"), []);
});

test("over Neon's HTTP, too", async () => {
  await database.store.enqueue([newJob()]);
  const endpoint = await startNeonEndpoint({ database: pgDatabase(database.pool) });
  const env = { DATABASE_URL: database.url, MAYFLY_NEON_ENDPOINT: endpoint.url };
  const program = run(["doctor", "--json", "--config", "test/cli/sample.config.ts"], env);
  assert.equal(await program.ended, 1, program.output());
  assert.match(program.stdout(), /"No consumer has ever been seen\. /);
  await endpoint.close();
});
