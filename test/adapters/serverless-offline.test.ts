/**
 * serverless.yml as it stands, on serverless-offline: the bundle is made, the HTTP API answers, a poke goes through AWS's own client,
 * and the schedule fires at the next full minute.
 * @module
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { useStage } from "../support/adapter.ts";
import { until } from "../support/condition.ts";
import { freePort } from "../support/free-port.ts";
import { newJob } from "../support/samples.ts";

const root = join(import.meta.dirname, "../..");
let offline: ChildProcess;
let url: string;
let output = "";

const stage = useStage(async (stage) => {
  await stage.database.sql(readFileSync(join(root, "examples/starter/schema.sql"), "utf8"));
  const [httpPort, lambdaPort] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${httpPort}`;
  const ports = ["--httpPort", String(httpPort), "--lambdaPort", String(lambdaPort)];
  offline = spawn(
    process.execPath,
    [
      join(root, "node_modules/osls/bin/serverless.js"),
      "offline",
      "start",
      "--host",
      "127.0.0.1",
      ...ports,
      "--localEnvironment",
      "--noSponsor",
    ],
    {
      cwd: root,
      // A group of its own, so that nothing it starts outlives it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...stage.env,
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${lambdaPort}`,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_REGION: "eu-central-1",
      },
    },
  );
  for (const stream of [offline.stdout, offline.stderr]) stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await until(async () => {
    assert.equal(offline.exitCode, null, output);
    return (await fetch(`${url}/healthz`).catch(() => undefined))?.ok;
  });
});
after(async () => {
  if (offline.pid === undefined || offline.exitCode !== null) return;
  const ended = once(offline, "exit");
  process.kill(-offline.pid, "SIGKILL");
  await ended;
});

/** Waits for the job, and answers its outcome and whether it ended before the first scheduled tick: only such a one announces schedules. */
function untilEnded(name: string): Promise<{ outcome: string; bySchedule: boolean }> {
  return until(async () => {
    const [row] = await stage.database.sql<{ outcome: string; bySchedule: boolean }>(
      `select r.outcome, exists (select from mayfly.schedule_set s where s.first_seen_at < r.finished_at) as "bySchedule"
      from mayfly.result r where r.name = $1`,
      [name],
    );
    assert.equal(offline.exitCode, null, output);
    return row;
  });
}

test("an enqueue over the HTTP API is run by a poke, without waiting for the schedule", { timeout: 60_000 }, async () => {
  // Should the minute be over just now, the second one is not near it.
  const [first, second] = [await signUp("ada@example.com"), await signUp("bo@example.com")];
  assert.deepEqual([first.outcome, second.outcome], ["successful", "successful"], output);
  assert.ok(!(first.bySchedule && second.bySchedule), output);
  assert.doesNotMatch(output, /a poke failed/);
  const outbox = (await (await fetch(`${url}/outbox`)).json()) as { recipient: string }[];
  assert.deepEqual(outbox.map(({ recipient }) => recipient).sort(), ["ada@example.com", "bo@example.com"]);
});

async function signUp(email: string) {
  await stage.database.sql("truncate mayfly.schedule_set, mayfly.result");
  const response = await fetch(`${url}/signup`, { method: "POST", body: JSON.stringify({ email }) });
  assert.equal(response.status, 201, output);
  return await untilEnded("welcome-user");
}

test("the schedule fires and runs what nobody has poked for", { timeout: 90_000 }, async () => {
  await stage.database.sql("truncate mayfly.schedule_set");
  // Due when the poke's tick is over.
  await stage.database.store.enqueue([newJob({ name: "nightly-report", payload: { day: "2026-01-01" }, delayMs: 8_000 })]);
  assert.deepEqual(await untilEnded("nightly-report"), { outcome: "successful", bySchedule: true }, output);
  const [worker] = await stage.database.sql("select runtime from mayfly.worker order by started_at desc limit 1");
  assert.deepEqual(worker, { runtime: "lambda" });
});
