/**
 * The form that is made of a job's schema.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { createJobs } from "../../src/engine/jobs.ts";
import { defineJob, type JobDefinition } from "../../src/index.ts";
import type { Store } from "../../src/store/store.ts";
import { newId } from "../support/samples.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { LIMITS } from "../support/worker.ts";
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
const plain = defineJob("plain");
const transformed = defineJob("transformed", { payload: z.object({ at: z.date() }) });

async function open(definitions: readonly JobDefinition[]) {
  const put: Record<string, unknown>[] = [];
  const store = {
    async enqueue(jobs: readonly Record<string, unknown>[]) {
      put.push(...jobs);
      return jobs.map(({ id }) => ({ id, outcome: "enqueued" }));
    },
  };
  const ids = { newId, clock: virtualClock() };
  const { enqueue } = createJobs({ store: store as unknown as Store, limits: LIMITS, ids });
  const browser = openDashboard({ definitions, jobs: { enqueue } });
  return { browser, csrf: await browser.signIn(), put };
}

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

test("what is typed becomes a payload of the right types, and what is left out stays out", async () => {
  const { browser, csrf, put } = await open([typed]);
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
  const [job] = put;
  assert.deepEqual(job?.payload, { email: "a@b.example", plan: "pro", seats: 3, news: false, day: "2026-01-02", tags: ["x"] });
  assert.deepEqual(
    [job?.queue, job?.priority, job?.delayMs, job?.key, job?.createdBy, job?.source],
    ["mail", 7, 600_000, "k", "ada", "dashboard"],
  );
  assert.equal(answer.headers.get("location"), `/jobs/${job?.id}`);
});

test("problems come back beside their fields, with what was typed kept", async () => {
  const { browser, csrf, put } = await open([typed]);
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
  assert.deepEqual([status, put], [422, []]);
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
  const { browser, csrf, put } = await open([typed, plain]);
  const wrong = await browser.post("/enqueue", { csrf, job: "typed", "payload.seats": "many", "payload.tags": "[" });
  assert.match(wrong.text, /seats-problem">is not a number.*tags-problem">is not valid JSON/s);
  const whole = await browser.post("/enqueue", { csrf, job: "plain", "payload.": "{" });
  assert.match(whole.text, /id="payload.-problem">is not valid JSON/);
  assert.deepEqual([wrong.status, whole.status, put], [422, 422, []]);
});

test("without a schema that tells its shape, the payload is typed as JSON", async () => {
  const { browser, csrf, put } = await open([plain, transformed]);
  for (const name of ["plain", "transformed"])
    assert.match(
      (await browser.get(`/enqueue?job=${name}`)).text,
      /<textarea id="payload\." name="payload\." required=""[^>]*>{}<\/textarea>/,
    );
  await browser.post("/enqueue", { csrf, job: "plain", "payload.": '{"a": [1]}' });
  assert.deepEqual(put[0]?.payload, { a: [1] });
});

test("one form that is sent twice is one job", async () => {
  const { browser, csrf, put } = await open([plain]);
  const { text } = await browser.get("/enqueue?job=plain");
  const [, id = ""] = /name="id" value="([^"]+)"/.exec(text) ?? [];
  for (let i = 0; i < 2; i++) await browser.post("/enqueue", { csrf, job: "plain", id, "payload.": "{}" });
  assert.deepEqual(
    put.map((job) => job.id),
    [id, id],
  );
});
