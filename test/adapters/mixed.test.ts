/**
 * A Worker and a container on one database: one ledger serves both. A real workerd, a container's real processes, a real Postgres; no cron comes, and the
 * container does not listen.
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { TestHarness } from "wrangler";
import type { LedgerStatus } from "../../src/wake/status.ts";
import { type Program, run } from "../cli/program.ts";
import { linesOf, until } from "../support/condition.ts";
import { empty } from "../support/content.ts";
import { type CountingEndpoint, startCountingEndpoint } from "../support/counting-endpoint.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { startWorkers } from "../support/workerd.ts";

const CONFIG = join(import.meta.dirname, "container/mixed.config.ts");
const SECRET = "a scheduler's secret".replaceAll(" ", "-");

let server: TestServer;
let database: TestDatabase;
let endpoint: CountingEndpoint;
let workerd: TestHarness;
let ledgerUrl: string;
let port: number;
let folder: string;
let marks: string;

before(async () => {
  server = await testServer(18);
  database = await server.database();
  endpoint = await startCountingEndpoint(database);
  port = await freePort();
  const vars = {
    ...endpoint.vars,
    MAYFLY_OPERATOR_TOKENS: "token-of-a-test",
    CRON_SECRET: SECRET,
    CONTAINER_URL: `http://127.0.0.1:${port}`,
  };
  workerd = await startWorkers(["test/adapters/workers/mixed.toml"], vars);
  ledgerUrl = (await workerd.listen()).url.href;
  folder = mkdtempSync(join(tmpdir(), "mayfly-mixed-"));
  marks = join(folder, "marks");
});
after(async () => {
  rmSync(folder, { recursive: true });
  await workerd.close();
  await endpoint.close();
  await database.close();
  await server.stop();
});
beforeEach(() => empty(database));

async function startContainer(env: Record<string, string> = {}): Promise<Program> {
  const container = run(["worker", "--config", CONFIG, "--port", String(port)], {
    DATABASE_URL: database.url,
    LEDGER_URL: ledgerUrl,
    CRON_SECRET: SECRET,
    MARKS: marks,
    ...env,
  });
  await container.printed("worker started");
  return container;
}

async function stop(container: Program): Promise<void> {
  container.interrupt();
  assert.equal(await container.ended, 0, container.output());
}

async function enqueue(job: object): Promise<void> {
  const init = { method: "POST", body: JSON.stringify(job), headers: { authorization: "Bearer token-of-a-test" } };
  assert.equal((await workerd.fetch("/v1/jobs", init)).status, 201);
}

const ledger = async () => (await (await workerd.fetch("/ledger")).json()) as LedgerStatus;

/** Waits until nobody holds a lease: the container has gone to rest, and said so. */
function quiet(): Promise<true> {
  return until(async () => {
    const { lanes, others, nextInMs } = await ledger();
    return lanes + others === 0 && (nextInMs === null || nextInMs > 60_000);
  });
}

/** Waits until attempts of this job have ended so, and answers where they ran. */
function ended(name: string, outcome = "successful"): Promise<string> {
  return until(async () => {
    const [row] = await database.sql<{ runtime: string }>(
      `select w.runtime from mayfly.result r join mayfly.worker w on w.id = r.worker_id where r.name = $1 and r.outcome::text = $2`,
      [name, outcome],
    );
    return row?.runtime;
  });
}

describe("with a container that rests", () => {
  let container: Program;
  before(async () => {
    container = await startContainer();
  });
  after(() => stop(container));
  beforeEach(quiet);

  test("what the Worker puts in for it, it runs", async () => {
    await enqueue({ name: "heavy" });
    assert.equal(await ended("heavy"), "container");
  });

  test("so it does when that is due later", async () => {
    await enqueue({ name: "heavy", delay: "1s" });
    assert.equal(await ended("heavy"), "container");
  });

  test("and when a batch holds jobs of both", async () => {
    await enqueue({ jobs: [{ name: "light" }, { name: "heavy" }] });
    assert.equal(await ended("light"), "cloudflare");
    assert.equal(await ended("heavy"), "container");
  });

  test("what its jobs put in for the Worker, that runs", async () => {
    await enqueue({ name: "relay" });
    assert.equal(await ended("light"), "cloudflare");
  });

  test("nobody can call it without the token", async () => {
    for (const headers of [{}, { authorization: "Bearer no" }])
      assert.equal((await fetch(`http://127.0.0.1:${port}/wake`, { method: "POST", headers })).status, 401);
  });

  test("the metrics tell of the calls", async () => {
    const metrics = await (await workerd.fetch("/metrics", { headers: { authorization: "Bearer token-of-a-test" } })).text();
    assert.match(metrics, /^mayfly_ledger_calls_total [1-9]\d*$/m);
  });
});

test("the jobs of a container that is killed are rescued by the Worker, and run once it is back", async () => {
  const container = await startContainer();
  await enqueue({ name: "endless" });
  await until(() => linesOf(marks).includes("1"));
  container.kill("SIGKILL");
  await until(async () => (await database.sql("select from mayfly.result where outcome = 'lost'")).length === 1);
  const next = await startContainer();
  await ended("endless");
  await stop(next);
});

test("a container that is not there is called again until it has taken the call", async () => {
  await quiet();
  const calls: IncomingMessage["headers"][] = [];
  const fake = createServer(({ headers }, response) => {
    calls.push(headers);
    response.writeHead(calls.length < 3 ? 503 : 202).end();
  }).listen(port, "127.0.0.1");
  await once(fake, "listening");
  await enqueue({ name: "heavy" });
  await until(() => calls.length >= 3);
  assert.equal(calls[2]?.authorization, `Bearer ${SECRET}`);
  fake.closeAllConnections();
  fake.close();
  await once(fake, "close");
});

test("a container that cannot reach the ledger looks all the same", async () => {
  const container = await startContainer({ LEDGER_URL: "http://127.0.0.1:1" });
  await database.sql(`select from mayfly.enqueue_v1('[{"name": "heavy", "queue": "heavy"}]')`);
  await ended("heavy");
  assert.match(container.output(), /wake ledger cannot be reached/);
  await stop(container);
});
