/**
 * What pages show, and what they ask for.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MayflyError } from "../../src/core/errors.ts";
import { newId } from "../support/samples.ts";
import { jobStatus, NOW, openDashboard, overview } from "./support.ts";

test("properties that are to be hidden are, at any depth and in any case, in payload and output", async () => {
  const job = jobStatus({
    state: "successful",
    finishedAt: NOW,
    payload: { password: "s3cret", list: [{ PassWord: { inner: "s3cret" } }], kept: "seen" },
    attempts: [{ attempt: 1, outcome: "successful", finishedAt: NOW, output: { TOKEN: "s3cret", fine: "seen too" } }],
  });
  const browser = openDashboard({ jobs: { get: async () => job }, redact: ["Password", "token"] });
  await browser.signIn();
  const { text } = await browser.get(`/jobs/${job.id}`);
  assert.ok(!text.includes("s3cret"));
  assert.equal(text.split("•••").length - 1, 3);
  assert.ok(text.includes("seen too"));
});

test("a payload is shown up to a bound", async () => {
  const job = jobStatus({ payload: { long: "x".repeat(60_000) } });
  const browser = openDashboard({ jobs: { get: async () => job } });
  await browser.signIn();
  const { text } = await browser.get(`/jobs/${job.id}`);
  assert.ok(text.length < 40_000);
  assert.match(text, /The beginning of 60,0\d\d bytes/);
});

test("the overview has one clear line when something is wrong", async () => {
  const wrong = { lastSeenMs: 200_000, workers: { alive: 0, stale: 2 }, unknownNames: ["fax"] };
  const browser = openDashboard({ operator: { overview: async () => overview(wrong) } });
  await browser.signIn();
  const { text } = await browser.get("/");
  const [, line = ""] = /<p class="health bad"[^>]*>(.*?)<\/p>/.exec(text) ?? [];
  assert.equal(line.replace(/<[^>]+>/g, "").trim(), "No tick for 3 min 20 s. 2 stale workers. No handler for fax.");
  assert.ok(line.includes('href="/workers?state=stale"') && line.includes('href="/requests?state=parked"'));
});

test("each status of the chart is told in words, in a title and in a table", async () => {
  const browser = openDashboard();
  await browser.signIn();
  const { text } = await browser.get("/?range=day&queue=mail");
  assert.match(text, /<title>2026-01-01 00:00:00 UTC, 1 min: 3 successful, 1 errored<\/title>/);
  assert.match(text, /<th scope="row">2026-01-01 00:00:00 UTC<\/th><td class="numeric">3<\/td>/);
  assert.deepEqual(
    browser.calls.filter(([name]) => name === "overview").map(([, query]) => query),
    [{ range: "day", queue: "mail" }],
  );
});

test("filters reach the list as they are, malformed ones are left out, and times are UTC", async () => {
  const browser = openDashboard();
  await browser.signIn();
  const worker = newId();
  await browser.get(
    `/results?name=a&queue=b&key=c&worker=${worker}&by=d&since=2026-01-01T10:00&until=2026-01-02T00:00:00%2B02:00&outcome=lost&final=yes&cursor=x`,
  );
  await browser.get("/results?worker=1%27--&since=yesterday&outcome=odd&queue=&name=%00");
  await browser.get("/requests?state=parked&key=c");
  const asked = browser.calls.filter(([name]) => name === "results" || name === "jobs").map(([, query]) => query);
  assert.deepEqual(asked, [
    {
      ...{ name: "a", queue: "b", concurrencyKey: "c", workerId: worker, createdBy: "d", outcome: "lost", final: true },
      ...{ since: "2026-01-01T10:00:00.000Z", until: "2026-01-01T22:00:00.000Z", limit: 50, cursor: "x" },
    },
    { limit: 50 },
    { concurrencyKey: "c", state: "parked", limit: 50 },
  ]);
});

test("a page that was cut short says how far it looked, and leads on with the same filters", async () => {
  const browser = openDashboard({
    operator: { results: async () => ({ items: [], cursor: "c+1", lookedTo: "2025-12-31T22:00:00.000Z" }) },
  });
  await browser.signIn();
  const { text } = await browser.get("/results?key=k");
  assert.match(text, /Looked back to <time [^>]*title="2025-12-31 22:00:00 UTC">2 h ago<\/time>/);
  assert.match(text, /href="\/results\?key=k&amp;cursor=c%2B1">Look further/);
});

test("the search box leads to a job by its id, else to results by key", async () => {
  const browser = openDashboard({ base: "/mayfly" });
  await browser.signIn();
  const id = newId();
  const to = async (text: string) => (await browser.get(`/search?q=${encodeURIComponent(text)}`)).headers.get("location");
  assert.deepEqual(
    [await to(` ${id.toUpperCase()} `), await to("user&1"), await to("")],
    [`/mayfly/jobs/${id}`, "/mayfly/results?key=user%261", "/mayfly"],
  );
});

test("a count that stopped says so", async () => {
  const browser = openDashboard({
    operator: { queues: async () => [{ queue: "q", ready: 10_000, running: 3, scheduled: 9_999, oldestMs: 90_000 }] },
  });
  await browser.signIn();
  const { text } = await browser.get("/queues");
  assert.match(text, />10,000\+<.*>1 min 30 s<.*>3<.*>9,999</s);
});

test("errors have pages that tell what to do, and nothing of the inside", async () => {
  for (const [error, status, said] of [
    [new MayflyError("database_unreachable", "connect to secret-host failed"), 503, /cannot be reached/],
    [new MayflyError("schema_missing", "secret-host"), 503, /npx mayfly migrate/],
    [new MayflyError("invalid_options", "secret-host"), 400, /Start again from the list/],
    [new Error("secret-host"), 500, /log of the server/],
  ] as const) {
    const browser = openDashboard({ operator: { queues: () => Promise.reject(error) } });
    await browser.signIn();
    const { status: got, text } = await browser.get("/queues");
    assert.equal(got, status);
    assert.match(text, said);
    assert.ok(!text.includes("secret-host"));
    assert.match(text, /<nav class="tabs"/);
  }
});

test("what is not there has a page of its own", async () => {
  const browser = openDashboard({ jobs: { get: async () => undefined } });
  await browser.signIn();
  for (const path of ["/nowhere", `/jobs/${newId()}`, "/jobs/no-id"]) assert.equal((await browser.get(path)).status, 404, path);
});

test("a page that refreshes itself leaves the message to the one that a person opens", async () => {
  const browser = openDashboard({ operator: { pauseQueue: async () => {} } });
  const csrf = await browser.signIn();
  await browser.post("/queues/pause", { csrf, queue: "mail" });
  assert.ok(!(await browser.get("/queues", { "x-mayfly-refresh": "yes" })).text.includes("mail is paused"));
  assert.ok((await browser.get("/queues")).text.includes("mail is paused"));
});
