/**
 * The Worker of examples/ledger in a real workerd, for a host of Web requests and a container on one Postgres. No cron comes, and nothing runs after a response.
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { TestHarness } from "wrangler";
import { type FetchHandler, fetchHandler } from "../../adapters/fetch/index.ts";
import { type Program, run } from "../cli/program.ts";
import { until } from "../support/condition.ts";
import { empty } from "../support/content.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { startWorkers } from "../support/workerd.ts";
import { light, mayfly } from "./workers/mixed-queue.ts";

const SECRET = "shared-by-all-of-them";
const TOKENS = { MAYFLY_OPERATOR_TOKENS: "boss-token", MAYFLY_PRODUCER_TOKENS: "shop-token", CRON_SECRET: SECRET };

let server: TestServer;
let database: TestDatabase;
let workerd: TestHarness;
let host: Server;
let handle: FetchHandler;
let container: Program;

before(async () => {
  server = await testServer(18);
  database = await server.database();
  const [hostPort, port] = [await freePort(), await freePort()];
  const vars = { ...TOKENS, HOST_URL: `http://127.0.0.1:${hostPort}`, CONTAINER_URL: `http://127.0.0.1:${port}` };
  workerd = await startWorkers(["examples/ledger/wrangler.toml"], vars);
  const { href } = (await workerd.listen()).url;
  const ledger = { url: href, token: SECRET };
  handle = fetchHandler(mayfly.withDriver(database.driver), { handlers: [light.handle(() => {})], ledger, claimFor: "1s" });
  host = createServer(async ({ method = "GET", url = "/", headers }, response) => {
    const answer = await handle(new Request(`http://host${url}`, { method, headers: headers as Record<string, string> }), TOKENS);
    response.writeHead(answer.status).end(await answer.text());
  }).listen(hostPort, "127.0.0.1");
  await once(host, "listening");
  container = run(["worker", "--config", join(import.meta.dirname, "container/mixed.config.ts"), "--port", String(port)], {
    DATABASE_URL: database.url,
    LEDGER_URL: href,
    CRON_SECRET: SECRET,
  });
  await container.printed("worker started");
});
after(async () => {
  container.interrupt();
  await container.ended;
  host.closeAllConnections();
  host.close();
  await workerd.close();
  await database.close();
  await server.stop();
});
beforeEach(() => empty(database));

async function enqueue(job: object): Promise<void> {
  const init = { method: "POST", body: JSON.stringify(job), headers: { authorization: "Bearer shop-token" } };
  assert.equal((await handle(new Request("http://host/v1/jobs", init), TOKENS)).status, 201);
}

/** Waits until the job has succeeded, and answers where. */
function succeeded(name: string): Promise<string> {
  return until(async () => {
    const [row] = await database.sql<{ runtime: string }>(
      "select w.runtime from mayfly.result r join mayfly.worker w on w.id = r.worker_id where r.name = $1 and r.outcome = 'successful'",
      [name],
    );
    return row?.runtime;
  });
}

const ask = (path: string, token: string, body?: object) =>
  workerd.fetch(path, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

describe("the ledger has called", () => {
  test("the host for a job of its own", async () => {
    await enqueue({ name: "light" });
    assert.equal(await succeeded("light"), "fetch");
  });

  test("the host when a job is due", async () => {
    await enqueue({ name: "light", delay: "1s" });
    assert.equal(await succeeded("light"), "fetch");
  });

  test("the container for a job that only it runs", async () => {
    await enqueue({ name: "heavy" });
    assert.equal(await succeeded("heavy"), "container");
  });

  test("the host for a job that the container has put in", async () => {
    await enqueue({ name: "relay" });
    assert.equal(await succeeded("light"), "fetch");
  });
});

describe("the ledger takes", () => {
  test("no call without the token of a scheduler or an operator", async () => {
    assert.equal((await ask("/v1/ledger", "wrong", {})).status, 401);
    assert.equal((await ask("/v1/ledger", "shop-token", {})).status, 403);
    assert.equal((await ask("/v1/ledger", SECRET, {})).status, 200);
    assert.equal((await ask("/metrics", SECRET)).status, 403);
  });

  test("no call that it does not understand, and tells what is wrong with it", async () => {
    const answer = await ask("/v1/ledger", SECRET, { wake: { ready: -1 } });
    assert.equal(answer.status, 422);
    assert.match(await answer.text(), /ready/);
    assert.equal((await ask("/v1/jobs", SECRET, {})).status, 404);
  });

  test("an operator's question how it stands", async () => {
    assert.match(await (await ask("/metrics", "boss-token")).text(), /^mayfly_ledger_starts_total [1-9]/m);
  });
});

test("a cron of the ledger's is answered", async () => {
  assert.equal((await workerd.getWorker().scheduled({ cron: "* * * * *" })).outcome, "ok");
});
