/**
 * `npm start`: the whole thing on one command, as a newcomer uses it.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { JobStatus } from "../../src/job/jobs-client.ts";
import { until } from "../support/condition.ts";
import { type TestServer, testServer } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { run } from "./program.ts";

const START = ["dev", "--sql", "examples/starter/schema.sql", "--hint", "examples/starter/hint.txt"];

let server: TestServer;
let dataDir: string;
before(async () => {
  server = await testServer(18);
  dataDir = mkdtempSync(join(tmpdir(), "mayfly-dev-"));
});
after(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Email {
  readonly recipient: string;
  readonly subject: string;
}

async function signUp(url: string, email: string): Promise<number> {
  const headers = { "content-type": "application/json" };
  return (await fetch(`${url}/signup`, { method: "POST", headers, body: JSON.stringify({ email }) })).status;
}

async function outbox(url: string): Promise<string[]> {
  const emails = (await (await fetch(`${url}/outbox`)).json()) as Email[];
  return emails.map(({ recipient, subject }) => `${subject} ${recipient}`);
}

/** Asks until the e-mail is there: the job that writes it runs after the response. */
function untilSent(url: string, count: number): Promise<string[]> {
  return until(async () => {
    const sent = await outbox(url);
    return sent.length === count && sent;
  });
}

test("a sign-up sends its e-mail; a second start says who holds the folder; the data outlive a restart", async () => {
  const port = await freePort();
  const env = { PORT: String(port), MAYFLY_DATA_DIR: dataDir };
  const url = `http://127.0.0.1:${port}`;
  const first = run(START, env);
  await first.printed("Mayfly is ready");
  assert.match(first.output(), /curl/);

  assert.equal(await signUp(url, "ada@example.com"), 201);
  assert.deepEqual(await untilSent(url, 1), ["Welcome! ada@example.com"]);
  assert.equal(await signUp(url, "ada@example.com"), 409);
  assert.equal(await signUp(url, "no address"), 422);

  const second = run(START, { ...env, PORT: String(await freePort()) });
  assert.equal(await second.ended, 2);
  assert.match(second.output(), new RegExp(`Mayfly is running here already: process ${first.pid}, ${url}`));
  const third = run(START, { ...env, MAYFLY_DATA_DIR: `${dataDir}-other` });
  assert.equal(await third.ended, 2);
  assert.match(third.output(), new RegExp(`Port ${port} is taken. Set PORT to another one.`));
  rmSync(`${dataDir}-other`, { recursive: true, force: true });

  first.interrupt();
  assert.equal(await first.ended, 0);
  const again = run(START, env);
  await again.printed("Mayfly is ready");
  assert.deepEqual(await outbox(url), ["Welcome! ada@example.com"]);
  again.interrupt();
  assert.equal(await again.ended, 0);
});

test("the curl line that is printed runs a job; with DATABASE_URL the jobs are in that Postgres", async () => {
  const database = await server.database();
  const port = await freePort();
  const folder = join(dataDir, "other");
  const program = run(START, { PORT: String(port), MAYFLY_DATA_DIR: folder, DATABASE_URL: database.url });
  await program.printed("Mayfly is ready");
  const [, path, token = "", body = ""] = /curl -X POST \S+(\/v1\/jobs) .*?Bearer (\S+?)'.*?-d '([^']+)'/s.exec(program.output()) ?? [];
  const headers = { authorization: `Bearer ${token}` };
  const url = `http://127.0.0.1:${port}`;
  const response = await fetch(`${url}${path}`, { method: "POST", headers, body });
  assert.equal(response.status, 201, program.output());
  const job = await until(async () => {
    const seen = (await (await fetch(`${url}${response.headers.get("location")}`, { headers })).json()) as JobStatus;
    return seen.finishedAt !== undefined && seen;
  });
  assert.equal(job.state, "successful");
  assert.equal(await signUp(url, "bo@example.com"), 201);
  await untilSent(url, 1);
  assert.deepEqual(await database.sql("select outcome from mayfly.result where name = 'welcome-user'"), [{ outcome: "successful" }]);
  program.interrupt();
  assert.equal(await program.ended, 0);
  assert.ok(!program.output().includes(new URL(database.url).password), "the connection string is told to nobody");
  await database.close();
});

test("a Worker without routes of Mayfly's at its root gets ready; asked to stop before that, everything ends", async () => {
  const database = await server.database();
  const port = await freePort();
  const env = { PORT: String(port), MAYFLY_DATA_DIR: join(dataDir, "mounted"), DATABASE_URL: database.url };
  const args = ["dev", "--wrangler", "test/adapters/workers/mounted.toml"];
  const early = run(args, env);
  await early.printed("Starting local server");
  early.interrupt();
  assert.equal(await early.ended, 0, early.output());
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`), "the Worker has ended too");
  const ready = run(args, env);
  await ready.printed("Mayfly is ready");
  assert.doesNotMatch(ready.output(), /signup/);
  ready.interrupt();
  assert.equal(await ready.ended, 0);
  await database.close();
});
