/**
 * The HTTP API: what it takes, and what it says to what it does not.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { Hono } from "hono";
import * as z from "zod";
import { createMayfly, type Driver, defineJob, isMayflyError, type Logger, neonHttp, pglite } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { newId } from "../support/samples.ts";
import { recordingLogger } from "../support/worker.ts";

const welcome = defineJob("welcome", {
  payload: z.object({ user: z.object({ id: z.uuid(), tags: z.array(z.string()) }) }),
  concurrencyKey: ({ user }) => user.id,
});
const plain = defineJob("plain");
const contended = defineJob("contended", { shouldEnqueue: async () => true });

const TOKENS = { MAYFLY_PRODUCER_TOKENS: "producer-1, producer-2", MAYFLY_OPERATOR_TOKENS: "operator" };
const USER = { id: "a8098c1a-f86e-41da-bd1a-00112444be1e", tags: [] };

const database = useDatabase();

function appOn(driver: Driver, logger?: Logger) {
  return createMayfly({ jobs: [welcome, plain, contended], database: () => driver, ...(logger ? { logger } : {}) }).app();
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown> & { problems?: { path: unknown[]; message: string }[] };
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  { token = "producer-1", driver = database.driver, app = appOn(driver) } = {},
): Promise<Answer> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const raw = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const response = await app.request(path, { method, headers, ...(raw === undefined ? {} : { body: raw }) }, TOKENS);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer["body"] };
}

const post = (body: unknown, options?: Parameters<typeof ask>[3]) => ask("POST", "/v1/jobs", body, options);

/** The error that it has to be; and nothing may have been enqueued. */
async function refuses(answer: Promise<Answer>, status: number, code: string): Promise<Answer> {
  const { headers, body, ...rest } = await answer;
  assert.deepEqual([rest.status, body.code, body.status], [status, code, status], rest.text);
  assert.equal(headers.get("content-type"), "application/problem+json");
  assert.equal(body.type, "about:blank");
  assert.ok(typeof body.title === "string" && typeof body.detail === "string");
  assert.deepEqual(await database.sql("select id from mayfly.job"), []);
  return { headers, body, ...rest };
}

test("one job: 201 with where it is; again with the same id: 200 and the same job", async () => {
  const id = newId();
  const first = await post({ name: "plain", id, payload: { a: 1 }, priority: 5 });
  assert.deepEqual([first.status, first.body, first.headers.get("location")], [201, { id, outcome: "enqueued" }, `/v1/jobs/${id}`]);
  assert.equal(first.headers.get("cache-control"), "no-store");
  const again = await post({ name: "plain", id });
  assert.deepEqual([again.status, again.body, again.headers.get("location")], [200, { id, outcome: "duplicate", existingId: id }, null]);
  const { status, body } = await ask("GET", `/v1/jobs/${id}`);
  assert.deepEqual([status, body.id, body.name, body.state, body.priority, body.attempts], [200, id, "plain", "ready", 5, []]);
});

test("a batch: each is told what became of it, in order", async () => {
  const { status, body } = await post({
    jobs: [{ name: "welcome", payload: { user: USER } }, { name: "welcome", payload: { user: USER } }, { name: "plain" }],
  });
  const jobs = body.jobs as { id: string; outcome: string; existingId?: string }[];
  assert.deepEqual(
    [status, jobs.map(({ outcome }) => outcome), jobs[1]?.existingId],
    [201, ["enqueued", "blocked", "enqueued"], jobs[0]?.id],
  );
});

test("every option of the client is there: delay, runAt, within, retries, timeout, queue, key", async () => {
  await post({
    jobs: [
      { name: "plain", delay: "1h", retries: 2, timeout: "5s", queue: "q", concurrencyKey: "k" },
      { name: "plain", runAt: "2030-01-01T12:01:00Z", within: "15m" },
    ],
  });
  const rows = await database.sql<{ run_at: Date }>(
    "select l.state, l.queue, l.retries, l.timeout_ms, j.key, l.run_at from mayfly.live l join mayfly.job j using (id) order by l.queue desc",
  );
  assert.deepEqual(
    rows.map(({ run_at: _, ...row }) => row),
    [
      { state: "scheduled", queue: "q", retries: 2, timeout_ms: 5_000, key: "k" },
      { state: "scheduled", queue: "default", retries: 0, timeout_ms: null, key: null },
    ],
  );
  assert.equal(rows[1]?.run_at.toISOString(), "2030-01-01T12:15:00.000Z");
});

test("the health of the process needs no token, everything else does", async () => {
  assert.deepEqual((await ask("GET", "/healthz", undefined, { token: "" })).body, { status: "ok" });
  for (const token of ["", "wrong", "producer-1,", "producer-1, producer-2"]) {
    const { headers } = await refuses(post({ name: "plain" }, { token }), 401, "unauthorized");
    assert.match(headers.get("www-authenticate") ?? "", /^Bearer/);
    await refuses(ask("GET", `/v1/jobs/${newId()}`, undefined, { token }), 401, "unauthorized");
  }
  for (const token of ["producer-1", "producer-2", "operator"]) assert.equal((await post({ name: "plain" }, { token })).status, 201);
});

test("without tokens in the environment the API is closed", async () => {
  const app = appOn(database.driver);
  for (const env of [{}, { MAYFLY_PRODUCER_TOKENS: "" }, { MAYFLY_PRODUCER_TOKENS: " , " }]) {
    for (const token of ["x", "", ","]) {
      const headers = { authorization: `Bearer ${token}` };
      assert.equal((await app.request("/v1/jobs", { method: "POST", headers, body: '{"name":"plain"}' }, env)).status, 401);
    }
  }
});

test("an unknown job is refused with the names there are, all unknown ones at once", async () => {
  const { body } = await refuses(post({ jobs: [{ name: "no" }, { name: "plain" }, { name: "nor" }] }), 422, "unknown_job");
  assert.deepEqual(body.problems, [
    { path: ["jobs", 0, "name"], message: 'no job is named "no"' },
    { path: ["jobs", 2, "name"], message: 'no job is named "nor"' },
  ]);
  assert.match(String(body.detail), /welcome, plain, contended/);
});

test("a payload that fails its schema: every issue with its path, nothing enqueued", async () => {
  const wrong = { user: { id: "no", tags: ["a", 1] } };
  const { body } = await refuses(post({ name: "welcome", payload: wrong }), 422, "invalid_payload");
  assert.deepEqual(
    body.problems?.map(({ path }) => path),
    [
      ["payload", "user", "id"],
      ["payload", "user", "tags", 1],
    ],
  );
  const batch = await refuses(
    post({ jobs: [{ name: "plain" }, { name: "welcome", payload: wrong }, { name: "welcome", payload: {} }] }),
    422,
    "invalid_payload",
  );
  assert.deepEqual(
    batch.body.problems?.map(({ path }) => path),
    [
      ["jobs", 1, "payload", "user", "id"],
      ["jobs", 1, "payload", "user", "tags", 1],
      ["jobs", 2, "payload", "user"],
    ],
  );
});

test("what is not JSON, or not a job, is refused", async () => {
  await refuses(post("{"), 400, "invalid_json");
  await refuses(post(""), 400, "invalid_json");
  for (const body of [
    "[]",
    "1",
    "null",
    '"x"',
    "{}",
    '{"name":1}',
    '{"jobs":{}}',
    '{"jobs":[1]}',
    '{"name":"plain","prioritty":1}',
    '{"name":"plain","delay":"1s","runAt":"2999-01-01"}',
    '{"name":"plain","runAt":"soon"}',
  ]) {
    await refuses(post(body), 422, "invalid_options");
  }
  await refuses(post('{"name":"plain","payload":"half \\ud800"}'), 422, "invalid_payload");
  await refuses(post('{"name":"plain","payload":{"nul":"\\u0000"}}'), 422, "invalid_payload");
  await refuses(post({ name: "plain", payload: null }), 422, "invalid_payload");
});

test("a negative or absurd delay, a priority out of range, and other options are refused, all at once", async () => {
  for (const [option, values] of Object.entries({
    delay: ["-1s", -5, "4000d", 1e300, "tomorrow", true, {}, { toString: "1s" }],
    runAt: ["1800-01-01", "9999-01-01", 5],
    expiresAt: ["1800-01-01", "soon", null],
    priority: [40_000, -40_000, 1.5, "5", null],
    retries: [-1, 40_000, 0.5],
    timeout: [0, "0s", -1, "100d", "x"],
    id: ["x", 5, ""],
    queue: ["", "q".repeat(256), 5],
    concurrencyKey: ["k".repeat(256), 5],
  })) {
    for (const value of values) {
      const { body } = await refuses(post({ name: "plain", [option]: value }), 422, "invalid_options");
      assert.equal(body.problems?.length, 1, `${option} ${JSON.stringify(value)}: ${JSON.stringify(body.problems)}`);
    }
  }
  const { body } = await refuses(post({ name: "plain", delay: "-1s", priority: 1e9, id: "x" }), 422, "invalid_options");
  assert.deepEqual(body.problems?.map(({ path }) => path).sort(), [
    ["options", "delay"],
    ["options", "id"],
    ["options", "priority"],
  ]);
});

test("an empty batch, one above 1,000, and what is too large", async () => {
  await refuses(post({ jobs: [] }), 422, "empty_batch");
  await refuses(post({ jobs: Array.from({ length: 1_001 }, () => ({ name: "plain" })) }), 413, "batch_too_large");
  await refuses(post({ name: "plain", payload: { text: "x".repeat(65_536) } }), 413, "payload_too_large");
  const { body } = await refuses(
    post({ jobs: Array.from({ length: 80 }, () => ({ name: "plain", payload: { text: "x".repeat(60_000) } })) }),
    413,
    "body_too_large",
  );
  assert.match(String(body.detail), /4194304 bytes/);
});

test("a body without a length is read no further than it may be", async () => {
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent++;
      controller.enqueue(new Uint8Array(1_048_576).fill(32));
      if (sent === 1_000) controller.close();
    },
  });
  const request = new Request("http://x/v1/jobs", {
    method: "POST",
    headers: { authorization: "Bearer operator" },
    body: stream,
    duplex: "half",
  } as RequestInit);
  const response = await appOn(database.driver).fetch(request, TOKENS);
  assert.equal(response.status, 413);
  assert.ok(sent < 10, `${sent} MiB were read`);
});

test("what is not there is told as not found", async () => {
  for (const path of [`/v1/jobs/${newId()}`, "/v1/jobs/x", "/v1/jobs/%27%3B--", "/v1/nothing"])
    await refuses(ask("GET", path), 404, "not_found");
});

test("a missing schema says what to run", async () => {
  const empty = await PGlite.create();
  const { body, headers } = await refuses(post({ name: "plain" }, { app: appOn(pglite(empty), recordingLogger()) }), 503, "schema_missing");
  assert.match(String(body.detail), /npx mayfly migrate/);
  assert.equal(headers.get("retry-after"), "5");
  await empty.close();
});

test("a database that is down is told as unreachable, and nobody is told where it is", async () => {
  const port = await freePort();
  const logger = recordingLogger();
  const driver = neonHttp(`postgresql://user:secret-password@127.0.0.1:${port}/db`, { endpoint: `http://127.0.0.1:${port}/sql` });
  const { body, text } = await refuses(post({ name: "plain" }, { app: appOn(driver, logger) }), 503, "database_unreachable");
  assert.equal(body.detail, "The database cannot be reached. Nothing was done; try again.");
  assert.ok(!text.includes("127.0.0.1") && !text.includes("secret-password"));
  const logged = logger.lines.map(({ message, fields }) => `${message} ${(fields?.error as Error | undefined)?.stack}`).join("\n");
  assert.match(logged, /request failed .*ECONNREFUSED/);
  assert.ok(!logged.includes("secret-password") && !/postgres(ql)?:\/\/u/.test(logged));
});

test("a fault of the inside is told as internal, without its message", async () => {
  const driver: Driver = {
    query: () => Promise.reject(new TypeError("postgresql://user:secret@host/db is wrong")),
    transaction: () => Promise.reject(new TypeError("no")),
  };
  const { body } = await refuses(post({ name: "plain" }, { app: appOn(driver, recordingLogger()) }), 500, "internal");
  assert.equal(body.detail, "Something went wrong on the server. Its log says what.");
});

test("a rule that is always overtaken is told as contended", async () => {
  const { driver } = database;
  // Somebody else puts one in between every look and its insert.
  const overtaken: Driver = {
    ...driver,
    async query(statement, options) {
      if (statement.text.includes("enqueue_v1"))
        await driver.query({ text: `select e.id from mayfly.enqueue_v1('[{"name": "contended", "limit": 99}]') as e`, params: [] });
      return await driver.query(statement, options);
    },
  };
  const { status, body } = await post({ name: "contended" }, { driver: overtaken });
  assert.deepEqual([status, body.code], [409, "contended"]);
  assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job"), [{ n: 5 }]);
});

test("mounted under a path of an app's own, it answers there and leaves the rest alone", async () => {
  const mayfly = createMayfly({ jobs: [plain], database: () => database.driver });
  const app = new Hono<{ Bindings: typeof TOKENS; Variables: { jobs: ReturnType<typeof mayfly.connect> } }>();
  app.use(mayfly.middleware());
  app.post("/own", async (c) => c.json(await c.var.jobs.enqueue(plain, { own: true }), 202));
  app.get("/fails", () => {
    throw new Error("mine");
  });
  app.onError((error, c) => c.text(isMayflyError(error) ? "mayfly's" : "the app's own", 500));
  app.route("/queue", mayfly.app());
  const send = (path: string, method = "GET", body?: string) =>
    app.request(path, { method, headers: { authorization: "Bearer operator" }, ...(body ? { body } : {}) }, TOKENS);
  assert.equal((await send("/own", "POST")).status, 202);
  const created = await send("/queue/v1/jobs", "POST", '{"name":"plain"}');
  assert.equal(created.status, 201);
  const location = created.headers.get("location") ?? "";
  assert.match(location, /^\/queue\/v1\/jobs\/[0-9a-f-]{36}$/);
  assert.equal((await send(location)).status, 200);
  assert.equal((await send("/queue/healthz")).status, 200);
  const wrong = await send("/queue/v1/jobs", "POST", "{");
  assert.deepEqual([wrong.status, wrong.headers.get("content-type")], [400, "application/problem+json"]);
  assert.equal(await (await send("/fails")).text(), "the app's own");
  assert.deepEqual([(await send("/v1/jobs", "POST", "{}")).status, (await send("/queue")).status], [404, 303]);
});
