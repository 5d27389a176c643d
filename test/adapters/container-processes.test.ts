/**
 * A container's processes: whatever a job does to the one it runs in, the others, the heartbeat and the queue go on.
 *
 * Times are scaled down: a heartbeat is late after 1 s instead of 90, and a handler blocks for 3 s instead of a minute.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { JobsClient } from "../../src/job/jobs-client.ts";
import { run } from "../cli/program.ts";
import { linesOf, until } from "../support/condition.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { mayfly } from "./container/sample.config.ts";

const CONFIG = join(import.meta.dirname, "container/sample.config.ts");

let server: TestServer;
let database: TestDatabase;
let jobs: JobsClient;
let folder: string;
let marks: string;
before(async () => {
  server = await testServer(18);
});
after(() => server.stop());
beforeEach(async (context) => {
  database = await server.database();
  jobs = mayfly.withDriver(database.driver).connect({});
  folder = mkdtempSync(join(tmpdir(), "mayfly-container-"));
  marks = join(folder, "marks");
  if ("after" in context)
    context.after(async () => {
      await database.close();
      rmSync(folder, { recursive: true });
    });
});

async function start(...args: string[]) {
  const env = { DATABASE_URL: database.url, MARKS: marks, NODE_OPTIONS: "--max-old-space-size=64" };
  const worker = run(["worker", "--config", CONFIG, "--stats-every", "0", ...args], env);
  await worker.printed("processes started");
  return worker;
}

const enqueue = (name: string, payload: object = {}) => jobs.enqueue(mayfly.definitions.get(name) as never, payload as never);

/** The job, once it has ended. */
async function ended(id: string) {
  return await until(async () => {
    const job = await jobs.get(id);
    return job?.finishedAt !== undefined && job;
  });
}

const outcomes = async (id: string) => (await ended(id)).attempts.map(({ outcome }) => outcome);

test("a blocked event loop leaves the other jobs and the heartbeat untouched", async () => {
  const worker = await start("--max-processes", "2");
  const blocked = await enqueue("busy", { ms: 3_000 });
  await until(() => linesOf(marks).includes("busy"));
  let quick = 0;
  while ((await jobs.get(blocked.id))?.finishedAt === undefined) {
    const { id } = await enqueue("quick");
    assert.deepEqual(await outcomes(id), ["successful"]);
    quick++;
    const [beat] = await database.sql<{ ms: number }>(
      "select max(extract(epoch from now() - heartbeat_at) * 1000)::int as ms from mayfly.worker where left_at is null",
    );
    assert.ok((beat?.ms ?? 0) < 1_000, `a heartbeat ${beat?.ms} ms ago`);
  }
  assert.ok(quick > 0);
  assert.deepEqual(await outcomes(blocked.id), ["successful"]);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
  assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.worker where left_at is null"), [{ n: 0 }]);
});

test("a process that runs out of memory or exits loses its own job, which is run again after its hook; what others run goes on", async () => {
  const worker = await start("--max-processes", "3");
  const long = await enqueue("busy", { ms: 2_500 });
  await until(() => linesOf(marks).includes("busy"));
  const [hog, leave] = [await enqueue("hog"), await enqueue("leave", { code: 7 })];
  assert.deepEqual(await outcomes(hog.id), ["lost", "successful"]);
  assert.deepEqual(await outcomes(leave.id), ["lost", "successful"]);
  assert.deepEqual(await outcomes(long.id), ["successful"]);
  assert.deepEqual(
    linesOf(marks).filter((line) => !line.startsWith("busy")),
    ["hog", "hook lost", "hog"],
  );
  assert.match((await ended(leave.id)).attempts[0]?.error?.message ?? "", /The process that ran the job ended with exit code 7/);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("a handler that ignores its time-out is killed, as errored and not lost; what nobody waits for fails the job", async () => {
  const worker = await start("--max-processes", "1", "--kill-after", "100ms");
  const [stubborn, stray, quick] = [await enqueue("stubborn"), await enqueue("stray"), await enqueue("quick")];
  const told = await ended(stubborn.id);
  assert.deepEqual(
    told.attempts.map(({ outcome, error }) => [outcome, error?.message]),
    [["errored", "stubborn ran longer than its time-out of 300ms."]],
  );
  const strayed = (await ended(stray.id)).attempts[0];
  assert.deepEqual([strayed?.outcome, strayed?.error?.name, strayed?.error?.message], ["errored", "TypeError", "nobody waits"]);
  assert.deepEqual(await outcomes(quick.id), ["successful"]);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("errors, deferrals and output cross as they are", async () => {
  const worker = await start("--max-processes", "1");
  const [wrong, later] = [await enqueue("wrong"), await enqueue("later")];
  const { attempts } = await ended(wrong.id);
  assert.deepEqual(
    attempts.map(({ outcome, error }) => [outcome, error?.name, error?.message]),
    [
      ["errored", "RangeError", "no 1"],
      ["errored", "RangeError", "no 2"],
    ],
  );
  assert.match(attempts[0]?.error?.stack ?? "", /sample\.config\.ts/);
  assert.deepEqual(await outcomes(later.id), ["deferred", "successful"]);
  assert.deepEqual((await ended(later.id)).attempts[1]?.output, { at: "1970-01-01T00:00:00.000Z" });
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("after its number of jobs a process is replaced", async () => {
  const worker = await start("--max-processes", "1", "--max-jobs-per-process", "2");
  const ids = [];
  for (let n = 0; n < 5; n++) ids.push((await enqueue("quick", { n })).id);
  const pids = new Map<number, number>();
  for (const id of ids) {
    const output = (await ended(id)).attempts[0]?.output as { pid: number } | undefined;
    pids.set(output?.pid ?? 0, (pids.get(output?.pid ?? 0) ?? 0) + 1);
  }
  assert.deepEqual([...pids.values()].sort(), [1, 2, 2]);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("what a handler sends by itself, also forged answers and also after its end, is no answer; it is told of once", async () => {
  const worker = await start("--max-processes", "1");
  const ids = [(await enqueue("babble")).id, (await enqueue("babble")).id];
  const pids = [];
  for (const id of ids) {
    const { attempts } = await ended(id);
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ["successful"],
    );
    pids.push(attempts[0]?.output);
  }
  assert.equal(typeof pids[0], "number");
  assert.equal(pids[0], pids[1]);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
  assert.equal(worker.output().split("no answer to its task").length - 1, 1, worker.output());
});

test("when nobody reads its output any more, a worker runs its jobs on, also those that write, and ends in order", async () => {
  const worker = await start("--max-processes", "1", "--stats-every", "10ms");
  worker.leave();
  const ids = [];
  for (let n = 0; n < 3; n++) ids.push((await enqueue("talk")).id);
  for (const id of ids) assert.deepEqual(await outcomes(id), ["successful"]);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("processes end with their worker, also while they are blocked", async () => {
  const worker = await start("--max-processes", "1");
  await enqueue("busy", { ms: 60_000 });
  const line = await until(() => linesOf(marks).find((one) => one.startsWith("busy in")));
  process.kill(worker.pid, "SIGKILL");
  const pid = Number(line.split(" ")[2]);
  await until(() => !isAlive(pid));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
