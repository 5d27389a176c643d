/**
 * `Idempotency-Key`: a request is answered once, however often and from however many sides it comes.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMayfly, type Driver, defineJob } from "../../src/index.ts";
import { countRoundTrips } from "../../src/testing/index.ts";
import { type Api, type ApiAnswer, apiOver, SHOP, SHOP_TOO, TILL, TOKENS } from "../support/api.ts";
import { forgetJobs } from "../support/content.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { housekeep } from "../support/samples.ts";

async function send(api: Api, key: string, body: unknown, token = SHOP): Promise<ApiAnswer> {
  return await api.ask("POST", "/v1/jobs", { token, body, headers: { "idempotency-key": key } });
}

const told = ({ status, body, headers }: ApiAnswer) => ({ status, body, location: headers.get("location") });
const replayed = ({ headers }: ApiAnswer) => headers.get("idempotent-replayed");
const count = async ({ sql }: SqlDatabase) => (await sql("select id from mayfly.live")).length;

onEachPostgres((open) => {
  test("a repeat, also with the producer's other token, gets the first status and body, and is told so", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const first = await send(api, "order-1", { name: "plain", payload: { a: 1 } });
    assert.deepEqual([first.status, first.body.outcome, replayed(first)], [201, "enqueued", null]);
    for (const token of [SHOP, SHOP_TOO]) {
      const again = await send(api, "order-1", '{ "name": "plain", "payload": { "a": 1 } }', token);
      assert.deepEqual([told(again), replayed(again)], [told(first), "true"]);
    }
    assert.equal(await count(database), 1);
  });

  test("20 at once: one job, one answer", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(api, "storm", { jobs: [{ name: "plain" }, { name: "plain" }] })),
    );
    assert.equal(await count(database), 2);
    for (const answer of answers) assert.deepEqual(told(answer), { ...told(answers[0] as ApiAnswer), status: 201 });
    assert.equal(answers.filter((answer) => replayed(answer) === null).length, 1);
  });

  test("the same key with another body is refused", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    await send(api, "order-1", { name: "plain", payload: { a: 1 } });
    for (const body of [{ name: "plain", payload: { a: 2 } }, { jobs: [{ name: "plain", payload: { a: 1 } }] }]) {
      const { status, body: problem } = await send(api, "order-1", body);
      assert.deepEqual([status, problem.code], [422, "idempotency_key_reused"]);
    }
    assert.equal(await count(database), 1);
  });

  test("another producer's key of the same name is another key", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const [shop, till] = [await send(api, "order-1", { name: "plain" }), await send(api, "order-1", { name: "plain", payload: 1 }, TILL)];
    assert.deepEqual([shop.status, till.status, replayed(till)], [201, 201, null]);
    assert.notEqual(shop.body.id, till.body.id);
  });

  test("a batch is answered as the first time, each job in its place, ids that were given as they were", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const id = "01890000-0000-7000-8000-000000000001";
    const body = {
      jobs: [{ name: "plain" }, { name: "greet", payload: { to: "a" } }, { name: "greet", payload: { to: "a" } }, { name: "plain", id }],
    };
    const first = await send(api, "batch", body);
    const jobs = first.body.jobs as { id: string; outcome: string }[];
    assert.deepEqual(
      jobs.map(({ outcome }) => outcome),
      ["enqueued", "enqueued", "blocked", "enqueued"],
    );
    assert.equal(jobs[3]?.id, id);
    await forgetJobs(database);
    const again = await send(api, "batch", body);
    assert.deepEqual([told(again), await count(database)], [told(first), 0]);
  });

  test("one that was blocked stays so for its repeats, also once the key is free", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const body = { name: "greet", payload: { to: "a" } };
    await api.ask("POST", "/v1/jobs", { body });
    const first = await send(api, "blocked", body);
    assert.deepEqual([first.status, first.body.outcome], [200, "blocked"]);
    await forgetJobs(database);
    assert.deepEqual(told(await send(api, "blocked", body)), told(first));
  });

  test("a rule of the job's own is asked once: what it said is what a repeat hears", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const body = { jobs: [{ name: "ruled" }, { name: "plain" }, { name: "ruled" }] };
    const first = await send(api, "ruled", body);
    assert.deepEqual(
      (first.body.jobs as { outcome: string }[]).map(({ outcome }) => outcome),
      ["enqueued", "enqueued", "skipped"],
    );
    const again = await send(api, "ruled", body);
    assert.deepEqual([told(again), replayed(again), await count(database)], [told(first), "true", 2]);
    const alone = await send(api, "ruled-2", { name: "ruled" });
    assert.deepEqual([alone.status, alone.body.outcome], [200, "skipped"]);
    await forgetJobs(database);
    assert.deepEqual(told(await send(api, "ruled-2", { name: "ruled" })), told(alone));
  });

  test("a key is remembered for a day, and ids tell when their jobs were enqueued, as all others do", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const first = await send(api, "order-1", { name: "plain" });
    assert.match(String(first.body.id), /^.{14}7/);
    await send(api, "order-2", { name: "plain" });
    await database.sql("update mayfly.idempotency_key set at = now() - interval '25 hours'");
    await send(api, "order-3", { name: "plain" });
    await housekeep(database);
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.idempotency_key"), [{ n: 1 }]);
  });

  test("what was refused for what it is may come again, mended, under the same key", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    const wrong = await send(api, "mended", { name: "greet", payload: { to: "" } });
    assert.deepEqual([wrong.status, (wrong.body.problems as { path: unknown }[]).map(({ path }) => path)], [422, [["payload", "to"]]]);
    assert.equal((await send(api, "mended", { name: "plain", id: null })).status, 422);
    assert.equal((await send(api, "mended", { name: "greet", payload: { to: "a" } })).status, 201);
  });

  test("a header of another shape is refused", async () => {
    const database = await open();
    const api = apiOver(database.driver);
    for (const key of ["", "two words", "tab\there", "é", "k".repeat(256)]) {
      const { status, body } = await send(api, key, { name: "plain" });
      assert.deepEqual([status, body.code], [422, "invalid_options"], key);
    }
    assert.equal(await count(database), 0);
    assert.equal((await send(api, "k".repeat(255), { name: "plain" })).status, 201);
  });

  test("it costs no round trip more", async () => {
    const database = await open();
    const counting = countRoundTrips(database.driver);
    const api = apiOver(counting);
    for (const [name, trips] of [
      ["plain", 1],
      ["plain", 1],
      ["ruled", 2],
    ] as const) {
      counting.reset();
      await send(api, name, { name });
      assert.equal(counting.roundTrips, trips, name);
    }
  });

  test("a rule that is overtaken once is asked again, and one that always is leaves nothing behind", async () => {
    const database = await open();
    let rivals = 1;
    // Somebody else puts one in between every look and its insert.
    const driver: Driver = {
      ...database.driver,
      async query(statement, options) {
        if (statement.text.includes("enqueue_once_v1") && rivals-- > 0)
          await database.sql(`select e.id from mayfly.enqueue_v1('[{"name": "eager", "limit": 99}]') as e`);
        return await database.driver.query(statement, options);
      },
    };
    const app = createMayfly({ jobs: [defineJob("eager", { shouldEnqueue: () => true })], database: () => driver }).app();
    const request = () => {
      const headers = { authorization: `Bearer ${SHOP}`, "idempotency-key": `eager-${rivals > 1}` };
      return app.request("/v1/jobs", { method: "POST", headers, body: '{"name":"eager"}' }, TOKENS);
    };
    assert.deepEqual([(await request()).status, await count(database)], [201, 2]);
    rivals = 99;
    const refused = await request();
    assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code, await count(database)], [409, "contended", 7]);
    rivals = 0;
    assert.equal((await database.sql("select id from mayfly.idempotency_key")).length, 1);
  });
});
