/**
 * How a container's worker starts, and what starts it.
 * @module
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { startContainer } from "../../adapters/container/index.ts";
import type { JobsClient } from "../../src/job/jobs-client.ts";
import { run } from "../cli/program.ts";
import { until } from "../support/condition.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { mayfly } from "./container/sample.config.ts";

const CONFIG = join(import.meta.dirname, "container/flags.config.ts");

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

test("a flag that names one way to run jobs wins over the configuration's other way", async () => {
  const worker = await start("--in-process");
  assert.match(worker.output(), /"slots":10,"inProcess":true/);
  assert.equal((await ended((await enqueue("quick")).id)).state, "successful");
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("a worker without handlers is refused, with what to do", () => {
  assert.throws(() => startContainer(mayfly, {}, { handlers: [], settings: { inProcess: true } }), {
    code: "invalid_config",
    message: /has no handlers/,
  });
});

test("a worker that npm has started stops in order once npm has ended without passing the signal on", async () => {
  // As npm and npx do: they end at a signal, and their child hears nothing of it.
  const program = `require("node:child_process").spawn(process.execPath, process.argv.slice(1), { stdio: "inherit" }); setInterval(() => {}, 1e6);`;
  const command = [join(import.meta.dirname, "../../src/cli/mayfly.ts"), "worker", "--config", CONFIG, "--in-process"];
  const env = { ...process.env, DATABASE_URL: database.url, MARKS: marks, npm_command: "exec" };
  const npm = spawn(process.execPath, ["-e", program, ...command], { env, stdio: "ignore" });
  const workers = (more: string) => database.sql(`select id from mayfly.worker where ${more}`);
  await until(async () => (await workers("left_at is null")).length === 1);
  npm.kill("SIGTERM");
  await until(async () => (await workers("left_at is not null")).length === 1);
});
