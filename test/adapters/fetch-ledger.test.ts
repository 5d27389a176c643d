/**
 * A wake ledger over services that call a URL: what they are asked for, and what their calls do.
 * @module
 */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type CallService, cloudTasks, fetchHandler, httpLedger, qstash, type TickCall, vercelQueue } from "../../adapters/fetch/index.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import { type CallServiceServer, startCallService } from "../support/call-service.ts";
import { empty } from "../support/content.ts";
import { openPglite } from "../support/each-postgres.ts";
import { newJob } from "../support/samples.ts";
import { recordingLogger } from "../support/worker.ts";

const ENV = { MAYFLY_PRODUCER_TOKENS: "producer", CRON_SECRET: "cron" };
const URL_OF_TICK = "https://test.example/v1/tick";
const greet = defineJob("greet", { timeout: "5s" });
const flaky = defineJob("flaky", { timeout: "5s", retries: 1, retryDelay: () => "1h" });
const later = defineJob("later", { timeout: "5s" });
const slow = defineJob("slow", { timeout: "5s" });

let database: Awaited<ReturnType<typeof openPglite>>;
before(async () => {
  database = await openPglite();
});
after(() => database.close());
beforeEach(() => empty(database));

function program(service: CallService) {
  const logger = recordingLogger();
  const mayfly = createMayfly<object>({ jobs: [greet, flaky, later, slow], database: () => database.driver, logger });
  const handlers = [
    greet.handle(() => "Hello"),
    slow.handle(() => pause(400)),
    flaky.handle(() => {
      throw new Error("no");
    }),
    later.handle(async ({ jobs }) => {
      await jobs.enqueue(greet, {}, { delay: "2h" });
    }),
  ];
  const handler = fetchHandler(mayfly, { handlers, ledger: httpLedger(service), claimFor: "1s" });
  return {
    logger,
    enqueue: (job: object, context?: object) =>
      handler(
        new Request("https://test.example/v1/jobs", {
          method: "POST",
          headers: { authorization: "Bearer producer" },
          body: JSON.stringify(job),
        }),
        ENV,
        context,
      ),
    tick: (headers: Record<string, string> = { authorization: "Bearer cron" }, body?: string) =>
      handler(new Request(URL_OF_TICK, { method: "POST", headers, ...(body === undefined ? {} : { body }) }), ENV),
  };
}

const outputs = () => database.sql("select output from mayfly.result");
const inHours = (at: number | undefined) => Math.round(((at ?? 0) - Date.now()) / 360_000) / 10;

describe("a program with a ledger", () => {
  /** A service that writes down what it is asked for. */
  function noting(): CallService & { readonly calls: TickCall[] } {
    const calls: TickCall[] = [];
    return { calls, schedule: async (call) => void calls.push(call) };
  }

  /** What it was asked for, apart from the ends of leases. */
  const wanted = (calls: readonly TickCall[]) =>
    calls.filter(({ at }) => at === undefined || at - Date.now() > 600_000).map(({ at, lane }) => lane ?? `in ${inHours(at)} h`);

  test("asks for a call at once where nothing can run after the response, and the call runs the job", async () => {
    const service = noting();
    const { enqueue, tick } = program(service);
    assert.equal((await enqueue({ name: "greet" })).status, 201);
    assert.deepEqual(wanted(service.calls), ["lane-0/1/0"]);
    assert.deepEqual(await outputs(), []);
    assert.equal((await tick({ authorization: "Bearer cron", "mayfly-lane": "lane-0/1/0" })).status, 200);
    assert.deepEqual(await outputs(), [{ output: "Hello" }]);
  });

  test("runs the job itself where it can, and has only the end of its lease called for", async () => {
    const service = noting();
    const kept: Promise<unknown>[] = [];
    const { enqueue } = program(service);
    await enqueue({ name: "greet" }, { waitUntil: (promise: Promise<unknown>) => void kept.push(promise) });
    while (kept.length > 0) await Promise.all(kept.splice(0));
    assert.deepEqual(await outputs(), [{ output: "Hello" }]);
    assert.deepEqual(wanted(service.calls), []);
  });

  test("asks for a call when a job is due, a retry is, and what a handler puts in is", async () => {
    for (const [name, hours] of [
      ["greet", 3],
      ["flaky", 1],
      ["later", 2],
    ] as const) {
      const service = noting();
      const { enqueue, tick } = program(service);
      await enqueue(name === "greet" ? { name, delay: "3h" } : { name });
      await tick();
      assert.ok(wanted(service.calls).includes(`in ${hours} h`), `${name}: ${wanted(service.calls)}`);
      await empty(database);
    }
  });

  test("names what it asks for by its second, so that it is asked for once", async () => {
    const service = noting();
    const { enqueue } = program(service);
    const runAt = new Date(Date.now() + 7_200_000).toISOString();
    await enqueue({ name: "greet", runAt });
    const [call] = service.calls;
    assert.equal(call?.name, `mayfly-${runAt.slice(0, 19).replaceAll(":", "-")}`);
    assert.equal(call?.at, Math.floor(Date.parse(runAt) / 1_000) * 1_000);
  });

  test("arms no later than its service takes, at a full hour", async () => {
    const service = { ...noting(), longestMs: 5 * 3_600_000 };
    const { enqueue } = program(service);
    await enqueue({ name: "greet", delay: "30d" });
    const at = service.calls[0]?.at ?? 0;
    assert.equal(at % 3_600_000, 0);
    assert.ok(at <= Date.now() + service.longestMs && at > Date.now());
  });

  test("goes on with two calls where it stopped with work left", async () => {
    const service = noting();
    const { tick } = program(service);
    // Four at a time for a second are not enough.
    await database.store.enqueue(Array.from({ length: 40 }, () => newJob({ name: "slow" })));
    await tick({ authorization: "Bearer cron", "mayfly-lane": "lane-1/2/1" });
    assert.deepEqual(wanted(service.calls), ["lane-1/4/2", "lane-3/4/2"]);
  });

  test("answers a producer all the same where its service does not, and says so in the log", async () => {
    const { enqueue, logger } = program({ schedule: () => Promise.reject(new Error("it is down")) });
    assert.equal((await enqueue({ name: "greet" })).status, 201);
    assert.ok(logger.lines.some(({ message }) => message.includes("the wake ledger cannot be reached")));
  });
});

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
