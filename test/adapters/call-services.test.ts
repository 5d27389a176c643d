/**
 * The services that call a tick, by their documents: what they are asked for, and how their calls are let in.
 * @module
 */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type CallService, cloudTasks, qstash, vercelQueue } from "../../adapters/fetch/index.ts";
import { type CallServiceServer, startCallService } from "../support/call-service.ts";
import { useDatabase } from "../support/database.ts";
import { ledgerProgram, URL_OF_TICK } from "../support/ledger-program.ts";
import { newJob } from "../support/samples.ts";

const database = useDatabase();
const program = (service: CallService) => ledgerProgram(database.driver, service);
const outputs = () => database.sql("select output from mayfly.result");

describe("QStash", () => {
  const KEYS = ["sig_current", "sig_next"];
  let server: CallServiceServer;
  beforeEach(async () => {
    server = await startCallService(({ headers }) => headers["upstash-deduplication-id"] as string | undefined, {
      accepted: 201,
      taken: 202,
    });
  });
  afterEach(() => server.close());
  const start = () => program(qstash({ token: "token", url: URL_OF_TICK, signingKeys: KEYS, endpoint: server.url }));

  function signature({ key = "sig_current", sub = URL_OF_TICK, body = "", exp = 300, alg = "HS256" } = {}): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1_000);
    const digest = `${createHash("sha256").update(body).digest("base64url")}=`;
    const claims = { iss: "Upstash", sub, exp: now + exp, nbf: now - 1, iat: now, jti: "jwt_1", body: digest };
    const text = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
    return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
  }

  test("is asked to publish, with a time and a name where there is one; a name that it has is no error", async () => {
    const { enqueue, logger } = start();
    const runAt = new Date(Date.now() + 7_200_000).toISOString();
    for (let n = 0; n < 2; n++) await enqueue({ name: "greet", runAt });
    await enqueue({ name: "greet" });
    const [first] = server.asked;
    assert.equal(first?.what, `POST /v2/publish/${URL_OF_TICK}`);
    assert.deepEqual(
      ["authorization", "upstash-method", "upstash-not-before", "upstash-deduplication-id"].map((name) => first?.headers[name]),
      ["Bearer token", "POST", String(Math.floor(Date.parse(runAt) / 1_000)), `mayfly-${runAt.slice(0, 19).replaceAll(":", "-")}`],
    );
    assert.ok(server.asked.some(({ headers }) => headers["upstash-forward-mayfly-lane"] === "lane-0/1/0"));
    assert.deepEqual(logger.lines, []);
  });

  test("calls with a signature and no token, by the current and the next key", async () => {
    for (const key of KEYS) {
      const { tick } = start();
      await database.store.enqueue([newJob({ name: "greet" })]);
      assert.equal((await tick({ "upstash-signature": signature({ key }) })).status, 200);
    }
    assert.equal((await outputs()).length, 2);
  });

  test("is not taken at a word that is not its own", async () => {
    const { tick } = start();
    await database.store.enqueue([newJob({ name: "greet" })]);
    for (const wrong of [
      { key: "sig_other" },
      { sub: "https://other.example/v1/tick" },
      { exp: -60 },
      { body: "another body" },
      { alg: "none" },
    ])
      assert.equal((await tick({ "upstash-signature": signature(wrong) })).status, 401, JSON.stringify(wrong));
    assert.equal((await tick({ "upstash-signature": "a.b.c" })).status, 401);
    assert.deepEqual(await outputs(), []);
  });
});

describe("Cloud Tasks", () => {
  const QUEUE = "projects/p/locations/europe-west3/queues/mayfly";
  let server: CallServiceServer;
  beforeEach(async () => {
    server = await startCallService(({ body }) => (body as { task: { name?: string } }).task.name, { accepted: 200, taken: 409 });
  });
  afterEach(() => server.close());
  const start = () =>
    program(cloudTasks({ queue: QUEUE, url: URL_OF_TICK, token: () => "access", cronSecret: "cron", endpoint: server.url }));

  test("is asked for a task, with a time and a name where there is one; a name that it has is no error", async () => {
    const { enqueue, logger } = start();
    const runAt = new Date(Date.now() + 7_200_000).toISOString();
    for (let n = 0; n < 2; n++) await enqueue({ name: "greet", runAt });
    const [first] = server.asked;
    assert.deepEqual([first?.what, first?.headers.authorization], [`POST /v2/${QUEUE}/tasks`, "Bearer access"]);
    assert.deepEqual(first?.body, {
      task: {
        name: `${QUEUE}/tasks/mayfly-${runAt.slice(0, 19).replaceAll(":", "-")}`,
        scheduleTime: `${runAt.slice(0, 19)}.000Z`,
        httpRequest: { url: URL_OF_TICK, httpMethod: "POST", headers: { Authorization: "Bearer cron" } },
      },
    });
    assert.deepEqual(logger.lines, []);
  });

  test("calls as its task says", async () => {
    const { enqueue, tick } = start();
    await enqueue({ name: "greet" });
    const { body } = server.asked.find(({ body }) => !(body as { task: { name?: string } }).task.name) ?? assert.fail();
    const { headers } = (body as { task: { httpRequest: { headers: Record<string, string> } } }).task.httpRequest;
    assert.equal((await tick(headers)).status, 200);
    assert.deepEqual(await outputs(), [{ output: "Hello" }]);
  });
});

describe("Vercel Queues", () => {
  let server: CallServiceServer;
  beforeEach(async () => {
    server = await startCallService(({ headers }) => headers["vqs-idempotency-key"] as string | undefined, { accepted: 201, taken: 409 });
  });
  afterEach(() => server.close());
  const start = () =>
    program(vercelQueue({ topic: "mayfly", region: "fra1", token: () => "oidc", cronSecret: "cron", endpoint: server.url }));
  const PUSHED = {
    "ce-type": "com.vercel.queue.v2beta",
    "ce-vqsqueuename": "mayfly",
    "ce-vqsconsumergroup": "group",
    "ce-vqsmessageid": "msg_1",
    "ce-vqsreceipthandle": "receipt/1",
  };

  test("is sent a message, with a delay and a key where there is a time; a key that it has is no error", async () => {
    const { enqueue, logger } = start();
    const runAt = new Date(Date.now() + 7_200_000).toISOString();
    for (let n = 0; n < 2; n++) await enqueue({ name: "greet", runAt });
    const [first] = server.asked;
    assert.deepEqual(
      [first?.what, first?.headers.authorization, first?.headers["vqs-idempotency-key"], first?.headers["vqs-retention-seconds"]],
      ["POST /api/v3/topic/mayfly", "Bearer oidc", `mayfly-${runAt.slice(0, 19).replaceAll(":", "-")}`, "86400"],
    );
    assert.match(String(first?.headers["vqs-delay-seconds"]), /^7[01]\d\d$/);
    assert.deepEqual(logger.lines, []);
  });

  test("starts a tick by its message, which is acknowledged once the tick is over", async () => {
    const { enqueue, tick } = start();
    await enqueue({ name: "greet" });
    const { body } = server.asked.find(({ headers }) => !headers["vqs-idempotency-key"]) ?? assert.fail();
    assert.equal((await tick(PUSHED, JSON.stringify(body))).status, 200);
    assert.deepEqual(await outputs(), [{ output: "Hello" }]);
    assert.equal(server.asked.at(-1)?.what, "DELETE /api/v3/topic/mayfly/consumer/group/lease/receipt%2F1");
  });

  test("starts none by a message that does not hold the secret", async () => {
    const { tick } = start();
    for (const body of ['{"secret":"guessed"}', "{}", "null", "no JSON"]) assert.equal((await tick(PUSHED, body)).status, 401);
  });
});
