/**
 * The container image, as far as it can be tried without Docker: the steps of the Dockerfile in a folder of their own.
 * @module
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { welcome } from "../examples/starter/jobs.ts";
import { mayfly } from "../examples/starter/mayfly.ts";
import { buildApp } from "../scripts/build-app.ts";
import { pgDatabase } from "../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../src/dev/neon-endpoint/server.ts";
import { until } from "./support/condition.ts";
import { testServer } from "./support/database.ts";
import { freePort } from "./support/free-port.ts";

const root = join(import.meta.dirname, "..");
const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8");

/** A list of the Dockerfile: the arguments of CMD, ENTRYPOINT or the health check. */
function listOf(start: RegExp): string[] {
  const [, list = "[]"] = new RegExp(`${start.source}\\s+(\\[.*\\])`).exec(dockerfile) ?? [];
  return JSON.parse(list) as string[];
}

test("the image's app runs the starter's jobs, is healthy, and stops when it is told to", async () => {
  const server = await testServer(18);
  const database = await server.database();
  await database.sql(readFileSync(join(root, "examples/starter/schema.sql"), "utf8"));
  const endpoint = await startNeonEndpoint({ database: pgDatabase(database.pool) });
  const app = mkdtempSync(join(tmpdir(), "mayfly-image-"));
  try {
    buildApp(app);
    const port = String(await freePort());
    const [node, ...command] = listOf(/\nCMD/).map((arg) => (arg === "8080" ? port : arg));
    assert.equal(node, "node");
    // Nothing of this repository is in reach: neither its packages nor its environment.
    const env = { PATH: process.env.PATH, NODE_ENV: "production", DATABASE_URL: database.url, MAYFLY_NEON_ENDPOINT: endpoint.url };
    const worker = spawn(process.execPath, [...command, "--address", "127.0.0.1"], { cwd: app, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [worker.stdout, worker.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
    const ended = new Promise<number | null>((resolve) => worker.once("exit", resolve));

    const userId = crypto.randomUUID();
    await database.sql("insert into app_user (id, email) values ($1, 'ada@example.com')", [userId]);
    await mayfly.withDriver(database.driver).connect({ DATABASE_URL: "" }).enqueue(welcome, { userId });
    await until(async () => {
      assert.equal(worker.exitCode, null, output);
      return (await database.sql("select 1 from email where recipient = 'ada@example.com'")).length === 1;
    });
    const [, ...check] = listOf(/\n\s+CMD/).map((arg) => arg.replace("8080", port));
    const healthy = spawn(process.execPath, check, { stdio: "ignore" });
    assert.equal(await new Promise((resolve) => healthy.once("exit", resolve)), 0);
    worker.kill("SIGTERM");
    assert.equal(await ended, 0, output);
  } finally {
    rmSync(app, { recursive: true, force: true });
    await endpoint.close();
    await database.close();
    await server.stop();
  }
});
