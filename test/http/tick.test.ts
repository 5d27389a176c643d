/**
 * `/v1/tick`: who may start one, and what it answers.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { createConsumer } from "../../src/app/consumer.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import { until } from "../support/condition.ts";
import { useDatabase } from "../support/database.ts";
import { newJob } from "../support/samples.ts";

const TOKENS = { MAYFLY_PRODUCER_TOKENS: "producer", MAYFLY_OPERATOR_TOKENS: "operator", CRON_SECRET: "cron" };
const work = defineJob("work");

const database = useDatabase();

function appWith(handles: boolean) {
  const mayfly = createMayfly({ jobs: [work], database: () => database.driver });
  if (handles) {
    const lifetime = { claimForMs: 3_000, hardEndMs: 25_000 };
    const consumer = createConsumer(mayfly, { handlers: [work.handle(() => {})], runtime: "test", concurrency: 4, lifetime });
    mayfly.onTick((env) => consumer.tick(env));
  }
  return new Hono().route("/queue", mayfly.app());
}

async function ask(method: string, token?: string, env: object = TOKENS, app = appWith(true)) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await app.request("/queue/v1/tick", { method, headers }, env);
  return {
    status: response.status,
    cache: response.headers.get("cache-control"),
    body: (await response.json()) as Record<string, unknown>,
  };
}

test("an operator and a scheduler start one, by POST and by GET, and are told its counts", async () => {
  for (const [method, token] of [
    ["POST", "operator"],
    ["GET", "cron"],
  ] as const) {
    await database.store.enqueue([newJob(), newJob()]);
    const { status, cache, body } = await ask(method, token);
    assert.deepEqual([status, cache, body.claimed, body.successful, body.errored, body.lost], [200, "no-store", 2, 2, 0, 0]);
  }
});

test("HEAD starts none, whoever sends it", async () => {
  await database.store.enqueue([newJob()]);
  for (const token of ["operator", "cron"]) {
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await appWith(true).request("/queue/v1/tick", { method: "HEAD", headers }, TOKENS)).status, 405);
  }
  assert.deepEqual(await database.sql("select state from mayfly.live"), [{ state: "ready" }]);
});

test("a producer may not, nobody else either, and without CRON_SECRET no scheduler", async () => {
  await database.store.enqueue([newJob()]);
  const refused = [
    await ask("POST", "producer"),
    await ask("POST"),
    await ask("GET", "wrong"),
    await ask("GET", "cron", { MAYFLY_PRODUCER_TOKENS: "producer" }),
    await ask("GET", "", { CRON_SECRET: "" }),
  ];
  assert.deepEqual(
    refused.map(({ status, body }) => `${status} ${body.code}`),
    ["403 forbidden", "401 unauthorized", "401 unauthorized", "401 unauthorized", "401 unauthorized"],
  );
  assert.deepEqual(await database.sql("select state from mayfly.live"), [{ state: "ready" }]);
});

test("CRON_SECRET is one secret, whatever is in it: a part of it opens nothing", async () => {
  const env = { CRON_SECRET: " a,b, \n" };
  const answers = [
    await ask("GET", "a,b,", env),
    await ask("GET", "a", env),
    await ask("GET", "b", env),
    await ask("GET", ",", { CRON_SECRET: "," }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401, 401, 200],
  );
});

test("a scheduler may do nothing else", async () => {
  const headers = { authorization: "Bearer cron" };
  const response = await appWith(true).request("/queue/v1/jobs", { method: "POST", headers, body: '{"name": "work"}' }, TOKENS);
  assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [403, "forbidden"]);
});

test("a program without handlers has no ticks", async () => {
  const { status, body } = await ask("POST", "operator", TOKENS, appWith(false));
  assert.deepEqual([status, body.code], [404, "not_found"]);
});

test("a tick is kept alive by the platform, so that a caller who hangs up does not end it", async () => {
  await database.store.enqueue([newJob()]);
  const kept: Promise<unknown>[] = [];
  const context = { waitUntil: (work: Promise<unknown>) => void kept.push(work), passThroughOnException() {}, props: {} };
  const headers = { authorization: "Bearer operator" };
  // Nobody reads the answer.
  void appWith(true).request("/queue/v1/tick", { method: "POST", headers }, TOKENS, context);
  await until(() => kept.length > 0);
  await Promise.all(kept);
  assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "successful" }]);
});
