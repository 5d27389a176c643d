/**
 * Whatever is sent, the answer that tells what is wrong with it stays small.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { createMayfly, defineJob } from "../../src/index.ts";
import { SHOP, TOKENS, useApi } from "../support/api.ts";

/** As large as a body may be. */
const BYTES = 4 * 1_024 * 1_024 - 1_024;
/** An answer that is larger has grown with the request. */
const MOST = 16 * 1_024;

const api = useApi();

const fill = (part: string, most = Number.POSITIVE_INFINITY) =>
  `{"jobs":[${Array.from({ length: Math.min(Math.floor(BYTES / (part.length + 1)), most) }, () => part).join(",")}]}`;
const fields = (length: number) => `{"name":"plain",${Array.from({ length }, (_, index) => `"f${index}":0`).join(",")}}`;
const deep = (levels: number, inner = "0") => `${"[".repeat(levels)}${inner}${"]".repeat(levels)}`;
const long = "x".repeat(4_000);

const BODIES: Record<string, readonly [body: string, status: number, code: string, path?: string]> = {
  "zeros for jobs": [fill("0"), 413, "batch_too_large"],
  "empty objects for jobs": [fill("{}"), 413, "batch_too_large"],
  "ten thousand empty objects": [fill("{}", 10_000), 422, "invalid_options"],
  "objects of a thousand unknown fields each": [fill(fields(1_000)), 422, "invalid_options"],
  "one object of unknown fields": [fields(300_000), 422, "invalid_options"],
  "unknown names": [fill(`{"name":"${"n".repeat(500)}"}`), 422, "unknown_job"],
  "unknown fields with long names": [fill(`{"name":"plain","${long}":0}`), 422, "invalid_options"],
  "wrong payloads": [fill(`{"name":"greet","payload":{"to":"","times":"${long}"}}`, 1_000), 422, "invalid_payload"],
  "wrong options": [fill(`{"name":"plain","queue":"${long}","priority":"${long}"}`, 1_000), 422, "invalid_options"],
  "lists nested deep": [deep(2_000_000), 400, "invalid_json"],
  "a payload nested deep": [`{"name":"plain","payload":${deep(10_000)}}`, 400, "invalid_json"],
  "an option nested deep": [`{"name":"plain","delay":${deep(100_000, '"\\"["')}}`, 400, "invalid_json"],
  "brackets that never close": ["[{".repeat(2_000_000), 400, "invalid_json"],
};

for (const [what, [body, status, code]] of Object.entries(BODIES)) {
  test(`a body of ${what} is answered in a few kilobytes`, async () => {
    const answer = await api.ask("POST", "/v1/jobs", { token: SHOP, body });
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
    assert.ok(answer.text.length < MOST, `${answer.text.length} bytes for ${body.length}`);
    assert.ok(((answer.body.problems ?? []) as unknown[]).length <= 20);
  });
}

test("what stands beside the jobs of a batch is refused: it would be ignored", async () => {
  const { status, body } = await api.ask("POST", "/v1/jobs", { token: SHOP, body: { jobs: [{ name: "plain" }], queue: "mail" } });
  assert.deepEqual([status, (body.problems as { path: unknown }[])[0]?.path], [422, ["queue"]]);
});

test("how many problems there are besides those that are told is told too", async () => {
  const answer = await api.ask("POST", "/v1/jobs", { token: SHOP, body: fill("{}", 9_000) });
  assert.equal((answer.body.problems as unknown[]).length, 20);
  assert.match(String(answer.body.detail), /; and 8980 more$/);
});

test("a payload is as deep as the API says before depth is a matter of JSON; brackets in texts are no depth", async () => {
  const told = async (payload: string) => {
    const { status, body } = await api.ask("POST", "/v1/jobs", { token: SHOP, body: `{"name":"plain","payload":${payload}}` });
    return [status, body.code];
  };
  assert.deepEqual(await told(deep(200)), [201, undefined]);
  assert.deepEqual(await told(deep(201)), [422, "invalid_payload"]);
  assert.deepEqual(await told(deep(1_000)), [400, "invalid_json"]);
  assert.deepEqual(await told(JSON.stringify(`${"[{".repeat(1_000)}\\"${"[".repeat(1_000)}`)), [201, undefined]);
});

test("the body of another route is read no further than it can be right", async () => {
  const { status, text } = await api.ask("POST", "/v1/results/retry", { body: fill("0").replace("jobs", "ids") });
  assert.equal(status, 413);
  const small = await api.ask("POST", "/v1/results/retry", { body: `{"ids":[${"0,".repeat(30_000)}0]}` });
  assert.equal(small.status, 422);
  for (const { length } of [text, small.text]) assert.ok(length < MOST, `${length} bytes`);
});

test("a query of ten thousand parameters is told of in short", async () => {
  const query = Array.from({ length: 10_000 }, (_, index) => `p${index}=1&p${index}=2`).join("&");
  const { status, text } = await api.ask("GET", `/v1/jobs?${query}`);
  assert.equal(status, 422);
  assert.ok(text.length < MOST, `${text.length} bytes`);
});

test("a payload that is too large is not shown to its schema", async () => {
  let asked = 0;
  const counted = z.array(z.any()).refine(() => ++asked > 0);
  const many = defineJob("many", { payload: counted });
  const app = createMayfly({ jobs: [many], database: () => api.database.driver }).app();
  const body = `{"name":"many","payload":[${"0,".repeat(1_000_000)}0]}`;
  const answer = await app.request("/v1/jobs", { method: "POST", headers: { authorization: `Bearer ${SHOP}` }, body }, TOKENS);
  assert.deepEqual([answer.status, asked], [413, 0]);
});
