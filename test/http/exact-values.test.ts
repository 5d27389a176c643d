/**
 * A value comes out as it went in, or does not go in: numbers, dates, cursors, depth.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineJob } from "../../src/index.ts";
import { openDashboard } from "../dashboard/support.ts";
import { SHOP, useApi } from "../support/api.ts";
import { useQueue } from "../support/queue.ts";
import { newId } from "../support/samples.ts";

const api = useApi();
const queue = useQueue();

const ROUNDED = ["9007199254740993", "-9007199254740993", "12345678901234567890", "[1,[9007199254740993]]", '{"a":9007199254740993}'];
const EXACT = [
  "9007199254740991",
  "100000000000000000000",
  "1e300",
  "0.1",
  '"9007199254740993"',
  '{"9007199254740993":1}',
  '"\\"9007199254740993"',
];

describe("a whole number that would be rounded", () => {
  test("is refused over HTTP; text, and numbers that JavaScript holds, are taken", async () => {
    const put = async (n: string) => await api.ask("POST", "/v1/jobs", { token: SHOP, body: `{"name":"plain","payload":{"n":${n}}}` });
    for (const n of ROUNDED) {
      const { status, body } = await put(n);
      assert.deepEqual([status, body.code], [400, "invalid_json"], n);
      assert.doesNotMatch(String(body.detail), /90071992547409\d3/);
    }
    for (const n of EXACT) {
      const { status, body } = await put(n);
      assert.equal(status, 201, n);
      const { body: job } = await api.ask("GET", `/v1/jobs/${body.id}`);
      assert.deepEqual(job.payload, JSON.parse(`{"n":${n}}`));
    }
  });

  test("is refused by the dashboard's form, as blanks and hexadecimals are", async () => {
    const job = defineJob("free");
    const browser = openDashboard(queue.database, { jobs: [job] });
    const csrf = await browser.signIn();
    for (const n of ROUNDED) {
      const { status, text } = await browser.post("/enqueue", { csrf, job: "free", "payload.": `{"n":${n}}` });
      assert.deepEqual([status, /beyond 9007199254740991/.test(text)], [422, true], n);
    }
    assert.equal((await browser.post("/enqueue", { csrf, job: "free", "payload.": '{"n":9007199254740991}' })).status, 303);
  });

  test("that plain SQL put in ends the attempt with the reason, and is not run rounded", async () => {
    const job = defineJob("free", { retries: 3 });
    const opened = queue.open({ jobs: [job] });
    const seen: unknown[] = [];
    for (const n of ["9007199254740993", "9007199254740991"])
      await queue.database.sql("select from mayfly.enqueue_v1($1::jsonb)", [`[{"name":"free","retries":3,"payload":{"n":${n}}}]`]);
    await opened.tick([job.handle(({ payload }) => void seen.push(payload))]);
    assert.deepEqual(seen, [{ n: 9_007_199_254_740_991 }]);
    const results = await queue.database.sql<{ outcome: string; message: string; retry_at: null }>(
      "select outcome, error ->> 'message' as message, retry_at from mayfly.result where outcome <> 'successful'",
    );
    assert.equal(results.length, 1);
    assert.match(results[0]?.message ?? "", /a whole number of 16 digits, which JavaScript would round/);
    assert.equal(results[0]?.retry_at, null, "no attempt could go better");
  });
});

describe("a date", () => {
  const DATES = ["2030-02-30T00:00:00Z", "2030-01-01T00:00:00", "01/02/2030", "2030", "2030-01-01", "now", "", "2030-01-01T25:00:00Z"];

  test("that does not exist, or has no zone, is refused over HTTP, and told where it is", async () => {
    for (const date of [...DATES, 1_893_456_000_000, null, {}])
      for (const field of ["runAt", "expiresAt"]) {
        const { status, body } = await api.ask("POST", "/v1/jobs", { token: SHOP, body: { name: "plain", [field]: date } });
        assert.equal(status, 422, String(date));
        assert.deepEqual((body.problems as { path: unknown[] }[])[0]?.path, [field]);
      }
    for (const date of ["2030-02-28T00:00:00Z", "2030-01-01T00:00:00.123456+02:00"])
      assert.equal((await api.ask("POST", "/v1/jobs", { token: SHOP, body: { name: "plain", runAt: date } })).status, 201, date);
  });

  test("the same in SQL", async () => {
    const put = (date: string) =>
      queue.database.sql("select from mayfly.enqueue_v1($1::jsonb)", [
        JSON.stringify([{ name: "plain" }, { name: "plain", run_at: date }]),
      ]);
    for (const date of [...DATES, "infinity", "tomorrow"]) await assert.rejects(put(date), { code: /^22/ }, date);
    for (const date of ["2030-01-01T00:00:00Z", "2030-01-01 00:00:00+02", "2030-01-01T00:00:00.5+05:30"]) await put(date);
  });
});

test("a cursor that holds what no row can is refused", async () => {
  const cursor = (priority: number, at = "2026-01-01T00:00:00Z") =>
    Buffer.from(JSON.stringify(["ready", priority, at, "01890000-0000-7000-8000-000000000000"])).toString("base64url");
  const ask = async (text: string) => (await api.ask("GET", `/v1/jobs?state=ready&queue=default&cursor=${text}`, { token: SHOP })).status;
  for (const priority of [-32_768, 0, 32_767]) assert.equal(await ask(cursor(priority)), 200);
  for (const priority of [32_768, -32_769, 0.5, 1e9]) assert.equal(await ask(cursor(priority)), 422, String(priority));
  for (const at of ["2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "infinity"]) assert.equal(await ask(cursor(0, at)), 422, at);
});

test("a job that a producer's role nested thousands deep is told all the same: in the API, in lists and on its page", async () => {
  const id = newId();
  const deep = `{"a":${"[".repeat(5_000)}1${"]".repeat(5_000)}}`;
  await api.database.sql(`select mayfly.enqueue_one_v1('{"name": "plain", "queue": "default"}', $1::uuid, $2::json)`, [id, deep]);
  const { status, text } = await api.ask("GET", `/v1/jobs/${id}`);
  assert.equal(status, 200);
  assert.ok(text.length < 5_000);
  assert.equal((await api.ask("GET", "/v1/jobs")).status, 200);
  const browser = openDashboard(api.database, { jobs: [], redact: ["x"] });
  await browser.signIn();
  assert.equal((await browser.get(`/jobs/${id}`)).status, 200);
});
