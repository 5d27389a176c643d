/**
 * An error that nobody waits for, of a job that has ended already: whoever runs in its process meanwhile does not pay for it.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { JobsClient } from "../../src/job/jobs-client.ts";
import { run } from "../cli/program.ts";
import { until } from "../support/condition.ts";
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
  const env = { DATABASE_URL: database.url, MARKS: marks };
  const worker = run(["worker", "--config", CONFIG, "--stats-every", "0", ...args], env);
  await worker.printed("worker started");
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

test("a process that a finished job left a rejection in runs the next job to its end, and is then replaced", async () => {
  const worker = await start("--max-processes", "1");
  const [leaky, innocent] = [await enqueue("leaky"), await enqueue("innocent")];
  const pids = [];
  for (const { id } of [leaky, innocent]) {
    const [attempt] = (await ended(id)).attempts;
    assert.equal(attempt?.outcome, "successful", JSON.stringify(attempt));
    pids.push(attempt.output);
  }
  assert.equal(pids[0], pids[1], "both ran in one process");
  await worker.printed("an error that nobody waited for");
  const after = (await ended((await enqueue("quick")).id)).attempts[0]?.output as { pid: number };
  assert.notEqual(after.pid, pids[1]);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("where jobs run in the worker itself, it lets them end, signs off and ends with 1", async () => {
  const worker = await start("--in-process", "--concurrency", "2");
  const [leaky, innocent] = [await enqueue("leaky"), await enqueue("innocent")];
  for (const { id } of [leaky, innocent]) assert.equal((await ended(id)).attempts[0]?.outcome, "successful");
  assert.equal(await worker.ended, 1, worker.output());
  assert.match(worker.output(), /a leak/);
  assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.worker where left_at is null"), [{ n: 0 }]);
});
