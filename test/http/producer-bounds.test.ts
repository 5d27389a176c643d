/**
 * What a producer's token may ask for, by configuration.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createMayfly, defineJob, isMayflyError } from "../../src/index.ts";
import { SHOP, TILL, TOKENS } from "../support/api.ts";
import { useDatabase } from "../support/database.ts";
import { newId } from "../support/samples.ts";
import { recordingLogger } from "../support/worker.ts";

const plain = defineJob("plain");
const mail = defineJob<"mail", { to?: string }>("mail", { queue: "mail", priority: 9, retries: 9, concurrencyKey: ({ to }) => to ?? "" });
const BOUNDS = {
  jobs: ["plain", "mail"],
  queues: ["default", "mail"],
  priority: 5,
  retries: 3,
  timeout: "1m",
  delay: "1h",
  keys: ["shop:"],
  payloadBytes: 100,
} as const;

const database = useDatabase();

function producersOf(producers: object) {
  const options = { jobs: [plain, mail, defineJob("other")], database: () => database.driver, logger: recordingLogger() };
  const app = createMayfly({ ...options, producers: producers as never }).app();
  return async (body: unknown, token = SHOP, headers: Record<string, string> = {}) => {
    const sent = { method: "POST", headers: { authorization: `Bearer ${token}`, ...headers }, body: JSON.stringify(body) };
    const response = await app.request("/v1/jobs", sent, TOKENS);
    return { status: response.status, body: (await response.json()) as { code?: string; id?: string; problems?: { path: unknown[] }[] } };
  };
}

describe("a producer that is bound", () => {
  for (const [field, job] of [
    ["name", { name: "other" }],
    ["queue", { name: "plain", queue: "anything" }],
    ["priority", { name: "plain", priority: 6 }],
    ["retries", { name: "plain", retries: 4 }],
    ["timeout", { name: "plain", timeout: "24d" }],
    ["delay", { name: "plain", delay: "61m" }],
    ["delay", { name: "plain", runAt: "2999-01-01T00:00:00Z" }],
    ["expiresIn", { name: "plain", expiresIn: "2h" }],
    ["concurrencyKey", { name: "plain", concurrencyKey: "till:1" }],
    ["concurrencyKey", { name: "mail", payload: { to: "a" }, concurrencyKey: null }],
    ["payload", { name: "plain", payload: { text: "x".repeat(100) } }],
  ] as const) {
    test(`is refused ${JSON.stringify(job).slice(0, 70)}, alone and in a batch, with nothing enqueued`, async () => {
      const ask = producersOf({ shop: BOUNDS });
      for (const [body, path] of [
        [job, [field]],
        [{ jobs: [{ name: "plain" }, job] }, ["jobs", 1, field]],
      ] as const) {
        for (const headers of [{}, { "idempotency-key": newId() }]) {
          const answer = await ask(body, SHOP, headers);
          if (answer.status === 422) assert.ok(job && "runAt" in job, "ten years are beyond everybody's bounds");
          else assert.deepEqual([answer.status, answer.body.code, answer.body.problems?.[0]?.path], [403, "forbidden", path]);
        }
      }
      assert.deepEqual(await database.sql("select id from mayfly.job"), []);
    });
  }

  test("enqueues what is within its bounds, and what a definition says itself", async () => {
    const ask = producersOf({ shop: BOUNDS });
    for (const job of [
      { name: "plain", queue: "mail", priority: 5, retries: 3, timeout: "60s", delay: "1h", concurrencyKey: "shop:1", payload: { n: 1 } },
      { name: "mail", payload: { to: "b" } },
      { name: "plain", priority: -32_768 },
    ])
      assert.equal((await ask(job)).status, 201, JSON.stringify(job));
  });

  test("others are not bound by it; * binds all that are not named; an operator is free", async () => {
    const job = { name: "plain", queue: "anything" };
    assert.equal((await producersOf({ shop: BOUNDS })(job, TILL)).status, 201);
    const ask = producersOf({ shop: {}, "*": BOUNDS });
    assert.deepEqual([(await ask(job, TILL)).status, (await ask(job)).status], [403, 201]);
    assert.equal((await ask(job, TOKENS.MAYFLY_OPERATOR_TOKENS)).status, 201);
    assert.equal((await producersOf({ constructor: BOUNDS })(job)).status, 201);
  });

  test("has only so many live jobs: refused once they are there, with any of its tokens, and taken again when some have ended", async () => {
    const ask = producersOf({ shop: { liveJobs: 5 } });
    const batch = (length: number) => ({ jobs: Array.from({ length }, () => ({ name: "plain" })) });
    assert.equal((await ask(batch(6))).body.code, "limited");
    assert.equal((await ask(batch(5))).status, 201);
    for (const token of [SHOP, "shop:secret-2"]) {
      const { status, body } = await ask(batch(1), token, { "idempotency-key": newId() });
      assert.deepEqual([status, body.code], [409, "limited"]);
    }
    assert.equal((await ask(batch(1), TILL)).status, 201);
    await database.sql("delete from mayfly.ready where id in (select id from mayfly.ready order by id limit 2)");
    assert.equal((await ask(batch(3))).status, 409);
    assert.equal((await ask(batch(2))).status, 201);
    assert.equal((await ask(batch(1))).status, 409);
    const [row] = await database.sql<{ n: number }>("select count(*)::int as n from mayfly.producer_job");
    assert.equal(row?.n, 5, "the list is no longer than the bound");
  });
});

test("bounds that are misspelt or of another type are refused at the start", () => {
  for (const wrong of [
    { queue: ["a"] },
    { queues: "a" },
    { priority: "9" },
    { timeout: "soon" },
    { liveJobs: -1 },
    { keys: [""] },
    null,
    [],
  ])
    assert.throws(
      () => createMayfly({ jobs: [plain], database: () => database.driver, producers: { shop: wrong as never } }),
      (error) => isMayflyError(error, "invalid_config") && error.message.includes("producers.shop"),
    );
});
