/**
 * The commands on a queue, as a person and as a program uses them.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { EnqueueResult, RetryResult } from "../../src/core/jobs-client.ts";
import type { Stats } from "../../src/core/operator-client.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { claim, failure, newId, newJob, newTurn } from "../support/samples.ts";
import { run } from "./program.ts";

const CONFIG = ["--config", "test/cli/sample.config.ts"];

let server: TestServer;
let database: TestDatabase;
let folder: string;
before(async () => {
  server = await startTestServer(18);
  database = await server.database();
  folder = mkdtempSync(join(tmpdir(), "mayfly-cli-"));
});
after(async () => {
  await database.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.sql("truncate mayfly.job, mayfly.result, mayfly.worker, mayfly.claim, mayfly.queue, mayfly.schedule, mayfly.schedule_set");
});

/** Runs it to its end: exit code, what it answered, and all that it printed. */
async function mayfly(...args: string[]) {
  const program = run([...args, ...CONFIG], { DATABASE_URL: database.url });
  return { code: await program.ended, answer: program.stdout(), all: program.output() };
}

/** The same with --json, which has to end well. */
async function json<T>(...args: string[]): Promise<T> {
  const { code, answer, all } = await mayfly(...args, "--json");
  assert.equal(code, 0, all);
  return JSON.parse(answer) as T;
}

const only = async <T extends object>(sql: string) => (await database.sql<T>(sql))[0];

test("list: the jobs of the configuration; the schedules of the database", async () => {
  const [text, data, none] = await Promise.all([
    mayfly("list"),
    json<{ jobs: { name: string; handler: boolean; aliases: string[]; rule: string }[] }>("list"),
    mayfly("list", "--schedules"),
  ]);
  assert.equal(text.code, 0);
  assert.match(
    text.answer,
    /^name {3}queue +priority +retries +timeout +limit +handler +aliases\necho {3}mail +5 +2 +10s +3 live +yes +old-echo$/m,
  );
  assert.deepEqual(
    data.jobs.map(({ name, handler, rule }) => [name, handler, rule]),
    [
      ["echo", true, "3 live"],
      ["fails", true, ""],
      ["later", true, ""],
      ["stuck", true, "2 running per key"],
      ["keyed", true, "1 live per key"],
      ["picky", false, "shouldEnqueue"],
    ],
  );
  assert.equal(none.answer, "There are no schedules in the database.\n");
});

test("run: the handler here and now, with middleware and a real client, and no row of its own", async () => {
  const outcome = { n: 1, attempt: 1, name: "echo", outcome: "enqueued", wrapped: true };
  const { code, answer, all } = await mayfly("run", "old-echo", "--payload", '{"n": 1}');
  assert.deepEqual([code, JSON.parse(answer)], [0, outcome], all);
  assert.match(all, /"echoing"/);
  assert.deepEqual(await database.sql("select name from mayfly.job"), [{ name: "keyed" }]);
  assert.deepEqual(await database.sql("select id from mayfly.result"), []);
  const again = await json("run", "echo", "--payload", '{"n": 1}');
  assert.deepEqual(again, { outcome: "successful", output: { ...outcome, outcome: "blocked" } });
});

test("run: a failure has its stack, a time-out ends it, a deferral is told", async () => {
  const [failed, data, late, stuck, nothing] = await Promise.all([
    mayfly("run", "fails"),
    mayfly("run", "fails", "--json"),
    mayfly("run", "later"),
    mayfly("run", "stuck"),
    mayfly("run", "keyed"),
  ]);
  assert.equal(failed.code, 1);
  assert.match(failed.all, /Error: no luck\n +at .*sample\.config\.ts/);
  assert.equal(data.code, 1);
  assert.match(data.answer, /^\{"outcome":"errored","error":\{"name":"Error","message":"no luck"/);
  assert.deepEqual([late.code, late.answer], [0, "It deferred itself by 10m: nothing was enqueued.\n"]);
  assert.equal(stuck.code, 1);
  assert.match(stuck.all, /stuck ran longer than its time-out of 100ms/);
  assert.deepEqual([nothing.code, nothing.answer], [0, "It returned nothing.\n"]);
});

test("enqueue: with every option, from a file, and each outcome in a sentence", async () => {
  const id = newId();
  const options = [
    "--id",
    id,
    "--queue",
    "other",
    "--delay",
    "10m",
    "--priority=-3",
    "--retries",
    "7",
    "--timeout",
    "5s",
    "--key",
    "mine",
    "--expires-in",
    "1d",
  ];
  const first = await mayfly("enqueue", "echo", "--payload", '{"n": 1}', ...options);
  assert.deepEqual([first.code, first.answer], [0, `Enqueued echo as ${id}.\n`], first.all);
  const row = await only(`select name, queue, state, priority, retries, timeout_ms, concurrency_key as key, payload, source,
    expires_at - run_at = interval '1 day' as expires, run_at > now() + interval '9 minutes' as later from mayfly.job`);
  assert.deepEqual(row, {
    name: "echo",
    queue: "other",
    state: "scheduled",
    priority: -3,
    retries: 7,
    timeout_ms: 5_000,
    key: "mine",
    payload: { n: 1 },
    source: "mayfly enqueue",
    expires: true,
    later: true,
  });

  writeFileSync(join(folder, "payload.json"), '{"n": 2}');
  const fromFile = ["enqueue", "echo", "--payload-file", join(folder, "payload.json")];
  assert.equal((await json<EnqueueResult>(...fromFile, "--delay", "2030-01-01T00:00:00Z")).outcome, "enqueued");
  assert.deepEqual(await only("select payload, run_at from mayfly.job where payload = '{\"n\": 2}'"), {
    payload: { n: 2 },
    run_at: new Date("2030-01-01T00:00:00Z"),
  });
  const again = await mayfly("enqueue", "echo", "--payload", '{"n": 1}', "--id", id);
  assert.deepEqual([again.code, again.answer], [0, `Nothing was enqueued: there is a job ${id} already.\n`]);
  await database.store.enqueue([
    newJob({ name: "echo", limit: 3 }),
    newJob({ name: "echo", limit: 3 }),
    newJob({ name: "keyed", key: "k" }),
  ]);
  const [limited, blocked, skipped] = await Promise.all([mayfly(...fromFile), mayfly("enqueue", "keyed"), mayfly("enqueue", "picky")]);
  assert.match(limited.answer, /as many live jobs as the limit of echo allows/);
  assert.match(blocked.answer, /holds the key/);
  assert.match(skipped.answer, /shouldEnqueue of picky said no/);
});

test("stats and doctor: text and data; a problem is exit code 1", async () => {
  await database.store.enqueue([newJob({ name: "echo" }), newJob({ name: "strange", queue: "mail" })]);
  await claim(database.store, { queues: ["mail"], names: [] });
  const [stats, counted, fine] = await Promise.all([mayfly("stats"), json<Stats>("stats"), mayfly("doctor")]);
  assert.match(
    stats.answer,
    /^queue +ready .*\n(default +1 .*\n)mail +0 +0 +0 +0 +1 .*\nall +1 +0 +0 +0 +1 .*\n\nworkers: 1 alive, 0 stale\n$/m,
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

  await database.sql("update mayfly.job set ready_at = now() - interval '1 hour'");
  const { code, answer } = await mayfly("doctor", "--json");
  const { findings, report } = JSON.parse(answer) as { findings: { severity: string }[]; report: { parked: unknown[] } };
  assert.deepEqual([code, findings.filter(({ severity }) => severity === "problem").length, report.parked.length], [1, 2, 1]);
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

  const daily = [{ name: "daily", nextAt: "2030-01-01T09:00:00Z", definition: { when: "@daily" } }];
  await database.store.announceSchedules({ application: "one", hash: "h" }, daily);
  const paused = await mayfly("pause", "--schedule", "daily");
  assert.deepEqual([paused.code, paused.answer], [0, 'The schedule "daily" is paused: it enqueues nothing more.\n']);
  const { schedules } = await json<{ schedules: { name: string; pausedAt?: string }[] }>("list", "--schedules");
  assert.deepEqual(
    schedules.map(({ name, pausedAt }) => [name, pausedAt !== undefined]),
    [["daily", true]],
  );
  await database.store.announceSchedules({ application: "two", hash: "h" }, daily);
  const [which, wrong, resumed] = await Promise.all([
    mayfly("resume", "--schedule", "daily"),
    mayfly("resume", "--schedule", "dayli"),
    json("resume", "--schedule", "daily", "--application", "one"),
  ]);
  assert.deepEqual(
    [which.code, which.all],
    [2, 'mayfly: Several applications have a schedule "daily": one, two. Say which with --application.\n'],
  );
  assert.deepEqual([wrong.code, wrong.all], [2, 'mayfly: There is no schedule "dayli". Known: daily of one, daily of two.\n']);
  assert.deepEqual(resumed, { application: "one", schedule: "daily", paused: false });
  assert.match((await mayfly("list", "--schedules")).answer, /^daily +one +2030-01-01.*"@daily"/m);
});

test("clear: the retention of the configuration, or what is asked for", async () => {
  await database.sql(`insert into mayfly.result (id, slot, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
    select mayfly.uuid7(), mayfly.result_slot(now() - d * interval '1 day'), now(), now(), 0, 0, 1, false, 'successful', 'default', 'work', '{}'
    from unnest('{0, 1, 2, 3, 4, 5}'::int[]) as d`);
  const cleared = await mayfly("clear");
  assert.deepEqual([cleared.code, cleared.answer], [0, "Removed 2 days of results older than 3 days.\n"], cleared.all);
  assert.deepEqual(await json("clear", "--older-than", "1d"), { days: 1, emptied: 2, kept: 0 });
  assert.deepEqual(await only("select count(*)::int as kept from mayfly.result"), { kept: 2 });
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
  assert.deepEqual(await database.sql("select id from mayfly.job"), []);
});
