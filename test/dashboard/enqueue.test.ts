/**
 * The form that is made of a job's schema.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import * as z from "zod";
import { fieldsOf } from "../../src/dashboard/schema-form.ts";
import { defineJob, type JobDefinition } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";

import { openDashboard } from "./support.ts";

const typed = defineJob("typed", {
  payload: z.object({
    email: z.email(),
    plan: z.enum(["free", "pro"]),
    seats: z.int().min(1).max(5).optional(),
    news: z.boolean().optional(),
    day: z.iso.date(),
    tags: z.array(z.string()).optional(),
    note: z.string().default("hello"),
  }),
  queue: "mail",
});
const sameInValibot = defineJob("typed", {
  payload: v.object({
    email: v.pipe(v.string(), v.email()),
    plan: v.picklist(["free", "pro"]),
    seats: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5))),
    news: v.optional(v.boolean()),
    day: v.pipe(
      v.string(),
      v.isoDate(),
      v.check((day) => day > "2000"),
    ),
    tags: v.optional(v.array(v.string())),
    note: v.optional(v.string(), "hello"),
  }),
  queue: "mail",
});
const plain = defineJob("plain");
const transformed = defineJob("transformed", { payload: z.object({ at: z.date() }) });

const database = useDatabase();

async function open(jobs: readonly JobDefinition[]) {
  const browser = openDashboard(database, { jobs });
  return { browser, csrf: await browser.signIn() };
}

const stored = () => database.sql<Record<string, unknown>>("select j.*, l.state from mayfly.job j join mayfly.live l using (id)");

test("each property is a labelled input of its kind", async () => {
  const { browser } = await open([typed]);
  const { text } = await browser.get("/enqueue?job=typed");
  for (const [name, input] of [
    ["email", /<input id="payload.email" name="payload.email" required="" [^>]*type="email"/],
    ["plan", /<select id="payload.plan" [^>]*required=""[^>]*><option value="free">free<\/option>/],
    ["seats", /<input id="payload.seats" [^>]*type="number" step="1"/],
    ["news", /<select id="payload.news" [^>]*><option value="">not given<\/option><option value="true">/],
    ["day", /<input id="payload.day" [^>]*type="date"/],
    ["tags", /<textarea id="payload.tags"/],
    ["note", /<input id="payload.note" [^>]*value="hello"/],
  ] as const) {
    assert.match(text, input, name);
    assert.match(text, new RegExp(`<label for="payload.${name}">${name}`));
  }
});

test("valibot's schemas, which do not tell themselves, make the same inputs", () => {
  assert.deepEqual(fieldsOf(sameInValibot), fieldsOf(typed));
});

test("what is typed becomes a payload of the right types, and what is left out stays out", async () => {
  const { browser, csrf } = await open([typed]);
  const form = {
    csrf,
    job: "typed",
    "payload.email": "a@b.example",
    "payload.plan": "pro",
    "payload.seats": "3",
    "payload.news": "false",
    "payload.day": "2026-01-02",
  };
  const more = {
    "payload.tags": '["x"]',
    "payload.note": "",
    "option.priority": "7",
    "option.delay": "10m",
    "option.concurrencyKey": "k",
    "option.queue": "",
  };
  const answer = await browser.post("/enqueue", { ...form, ...more });
  assert.equal(answer.status, 303, answer.text);
  const [job] = await stored();
  assert.deepEqual(job?.payload, { email: "a@b.example", plan: "pro", seats: 3, news: false, day: "2026-01-02", tags: ["x"] });
  assert.deepEqual(
    [job?.queue, job?.priority, job?.key, job?.created_by, job?.source, job?.state],
    ["mail", 7, "k", "ada", "dashboard", "scheduled"],
  );
  assert.equal(Number(job?.run_at) - Number(job?.created_at), 600_000);
  assert.equal(answer.headers.get("location"), `/jobs/${job?.id}`);
});

test("problems come back beside their fields, with what was typed kept", async () => {
  const { browser, csrf } = await open([typed]);
  const form = {
    csrf,
    job: "typed",
    "payload.email": "nobody",
    "payload.plan": "pro",
    "payload.seats": "9",
    "payload.day": "2026-01-02",
    "payload.tags": "",
    "option.delay": "soon",
  };
  const { status, text } = await browser.post("/enqueue", form);
  assert.deepEqual([status, await stored()], [422, []]);
  assert.match(
    text,
    /id="payload.email"[^>]*aria-describedby="payload.email-hint payload.email-problem|id="payload.email"[^>]*aria-describedby="payload.email-problem/,
  );
  assert.match(text, /id="payload.email-problem">Invalid email/);
  assert.match(text, /id="payload.seats-problem">/);
  assert.match(text, /id="option.delay-problem">/);
  for (const kept of ['value="nobody"', 'value="9"', 'value="soon"', '<option value="pro" selected="">'])
    assert.ok(text.includes(kept), kept);
});

test("malformed numbers and JSON are told before anything is asked", async () => {
  const { browser, csrf } = await open([typed, plain]);
  const wrong = await browser.post("/enqueue", { csrf, job: "typed", "payload.seats": "many", "payload.tags": "[" });
  assert.match(wrong.text, /seats-problem">is not a number.*tags-problem">is not valid JSON/s);
  const whole = await browser.post("/enqueue", { csrf, job: "plain", "payload.": "{" });
  assert.match(whole.text, /id="payload.-problem">is not valid JSON/);
  assert.deepEqual([wrong.status, whole.status, await stored()], [422, 422, []]);
});

test("without a schema that tells its shape, the payload is typed as JSON", async () => {
  const { browser, csrf } = await open([plain, transformed]);
  for (const name of ["plain", "transformed"])
    assert.match(
      (await browser.get(`/enqueue?job=${name}`)).text,
      /<textarea id="payload\." name="payload\." required=""[^>]*>{}<\/textarea>/,
    );
  await browser.post("/enqueue", { csrf, job: "plain", "payload.": '{"a": [1]}' });
  assert.deepEqual((await stored())[0]?.payload, { a: [1] });
});

test("one form that is sent twice is one job", async () => {
  const { browser, csrf } = await open([plain]);
  const { text } = await browser.get("/enqueue?job=plain");
  const [, id = ""] = /name="id" value="([^"]+)"/.exec(text) ?? [];
  const told: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { headers } = await browser.post("/enqueue", { csrf, job: "plain", id, "payload.": "{}" });
    told.push(headers.get("location") ?? "", /<p>The job ([^<]*)\./.exec((await browser.get(`/jobs/${id}`)).text)?.[1] ?? "");
  }
  assert.deepEqual(told, [`/jobs/${id}`, "is enqueued", `/jobs/${id}`, "was enqueued before; nothing was added"]);
  assert.deepEqual(
    (await stored()).map((job) => job.id),
    [id],
  );
});

test("what the queue refuses is told beside its field: too large a payload, what Postgres cannot hold, an option out of range", async () => {
  const { browser, csrf } = await open([plain]);
  for (const [more, field, said] of [
    [{ "payload.": JSON.stringify({ text: "x".repeat(70_000) }) }, "payload.", /at most 65536 are taken/],
    [{ "payload.": '{"a":"\\u0000"}' }, "payload.", /NUL/],
    [{ "payload.": "null" }, "payload.", /null/],
    [{ "option.priority": "1e9" }, "option.priority", /whole number/],
    [{ "option.queue": "q\0" }, "option.queue", /characters/],
    [{ "option.concurrencyKey": "k".repeat(256) }, "option.concurrencyKey", /characters/],
  ] as const) {
    const { status, text } = await browser.post("/enqueue", { csrf, job: "plain", "payload.": "{}", ...(more as Record<string, string>) });
    assert.equal(status, 422, field);
    const [, problem = ""] = new RegExp(`id="${field}-problem">([^<]*)`).exec(text) ?? [];
    assert.match(problem, said);
  }
  assert.deepEqual([await stored(), browser.lines], [[], []]);
});
