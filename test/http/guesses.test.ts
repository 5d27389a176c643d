/**
 * Tokens that are guessed over the API are counted as at the dashboard's door, by what the platform says of the client.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudflare } from "../../adapters/cloudflare/index.ts";
import { fetchHandler } from "../../adapters/fetch/index.ts";
import { lambda } from "../../adapters/lambda/index.ts";
import { createMayfly, type Driver } from "../../src/index.ts";
import { countRoundTrips, injectFaults } from "../../src/testing/index.ts";
import { apiOver, BOSS, plain, SHOP, TOKENS } from "../support/api.ts";
import { useDatabase } from "../support/database.ts";

import { toEvent, toResponse } from "../support/lambda/http-event.ts";
import { recordingLogger } from "../support/worker.ts";

const database = useDatabase();

const handlers = [plain.handle(() => "done")];
const queueOver = (driver: Driver) => createMayfly<object>({ jobs: [plain], database: () => driver, logger: recordingLogger() });
const requestOf = (token: string, headers: Record<string, string> = {}) =>
  new Request("https://queue.example/v1/stats", { headers: { authorization: `Bearer ${token}`, ...headers } });
const counts = async () =>
  (await database.sql<{ failures: number }>("select failures from mayfly.sign_in order by failures")).map(({ failures }) => failures);

test("after ten wrong tokens the next is answered 429 on every route, and the right one is still taken", async () => {
  const api = apiOver(database.driver);
  for (let nth = 0; nth < 10; nth++)
    assert.equal((await api.ask("GET", "/v1/stats", { token: `wrong ${nth}`.replace(" ", "-") })).status, 401);
  for (const [method, path] of [
    ["GET", "/v1/stats"],
    ["POST", "/v1/jobs"],
    ["PUT", "/v1/jobs"],
    ["GET", "/v1/nothing"],
    ["GET", "/metrics"],
  ] as const) {
    const { status, body, headers } = await api.ask(method, path, { token: "wrong" });
    assert.deepEqual([status, body.code, headers.get("retry-after")], [429, "too_many_guesses", "900"]);
  }
  assert.equal((await api.ask("GET", "/v1/stats", { token: BOSS })).status, 200);
  assert.equal((await api.ask("POST", "/v1/jobs", { token: SHOP, body: { name: "plain" } })).status, 201);
  assert.deepEqual(await counts(), [10]);
});

test("guesses at the door and over the API have one bound", async () => {
  const api = apiOver(database.driver);
  const atTheDoor = () =>
    api.app.request(
      "/sign-in",
      { method: "POST", body: new URLSearchParams({ token: "wrong" }), headers: { origin: "http://localhost" } },
      TOKENS,
    );
  for (let nth = 0; nth < 5; nth++) {
    assert.equal((await atTheDoor()).status, 401);
    assert.equal((await api.ask("GET", "/v1/stats", { token: "wrong" })).status, 401);
  }
  assert.equal((await atTheDoor()).status, 429);
  assert.equal((await api.ask("GET", "/v1/stats", { token: "wrong" })).status, 429);
});

test("a right token and a missing one cost the database nothing; nor do guesses, once there were too many", async () => {
  const driver = countRoundTrips(database.driver);
  const api = apiOver(driver);
  await api.ask("GET", "/v1/nothing", { token: BOSS });
  await api.ask("GET", "/v1/stats", { token: "" });
  await api.ask("POST", "/v1/stats", { token: SHOP });
  assert.equal(driver.roundTrips, 0);
  for (let nth = 0; nth < 100; nth++) await api.ask("GET", "/v1/stats", { token: "wrong" });
  assert.equal(driver.roundTrips, 11);
});

test("a wrong token is refused also where it cannot be counted, and the right one gets in", async () => {
  const api = apiOver(injectFaults(database.driver, () => ({ kind: "drop-request" })));
  assert.equal((await api.ask("GET", "/v1/stats", { token: "wrong" })).status, 401);
  assert.equal((await api.ask("GET", "/v1/nothing", { token: BOSS })).status, 404);
});

test("on Cloudflare a client is told by the header that Cloudflare sets, and by no other", async () => {
  const worker = cloudflare(queueOver(database.driver), { handlers });
  const context = { waitUntil() {}, passThroughOnException() {}, props: {} };
  const guess = (headers: Record<string, string>) => worker.fetch(requestOf("wrong", headers), TOKENS, context);
  for (let nth = 0; nth < 3; nth++) await guess({ "cf-connecting-ip": "192.0.2.1", "x-forwarded-for": `203.0.113.${nth}` });
  await guess({ "cf-connecting-ip": "192.0.2.2" });
  assert.deepEqual(await counts(), [1, 3]);
});

test("on Lambda a client is told by the event, and by no header", async () => {
  Object.assign(process.env, TOKENS);
  try {
    const { api } = lambda(queueOver(database.driver), { handlers });
    const guess = async (sourceIp: string, spoofed: string) => {
      const event = toEvent("/v1/stats", {
        headers: { authorization: "Bearer wrong", "cf-connecting-ip": spoofed, "x-forwarded-for": spoofed },
      });
      event.requestContext.http.sourceIp = sourceIp;
      return toResponse(await api(event as never)).status;
    };
    for (let nth = 0; nth < 3; nth++) assert.equal(await guess("192.0.2.1", `203.0.113.${nth}`), 401);
    await guess("192.0.2.2", "203.0.113.1");
    assert.deepEqual(await counts(), [1, 3]);
  } finally {
    for (const name of Object.keys(TOKENS)) delete process.env[name];
  }
});

test("on another host a client is told by what the host calls the handler with, where an option says so; else all are one", async () => {
  const told = fetchHandler(queueOver(database.driver), {
    handlers,
    clientAddress: (_request, info) => (info as { remote?: { hostname: string } }).remote?.hostname,
  });
  for (const hostname of ["192.0.2.1", "192.0.2.1", "192.0.2.2"]) await told(requestOf("wrong"), { ...TOKENS, remote: { hostname } });
  assert.deepEqual(await counts(), [1, 2]);
  await database.sql("truncate mayfly.sign_in");
  const untold = fetchHandler(queueOver(database.driver), { handlers });
  for (let nth = 0; nth < 3; nth++)
    await untold(requestOf("wrong", { "cf-connecting-ip": `192.0.2.${nth}`, "x-forwarded-for": `192.0.2.${nth}` }), TOKENS);
  assert.deepEqual(await counts(), [3]);
});
