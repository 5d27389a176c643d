/**
 * What actions do, and that they tell what became of them.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CancelOutcome, RetryResult } from "../../src/core/jobs-client.ts";
import { defineJob, schedule } from "../../src/index.ts";
import { newId } from "../support/samples.ts";
import { type Browser, jobStatus, NOW, openDashboard } from "./support.ts";

/** Goes where an action leads; what it had to say is there, once. */
async function follow(browser: Browser, { status, headers, text }: Awaited<ReturnType<Browser["post"]>>): Promise<string> {
  assert.equal(status, 303, text);
  const to = headers.get("location") ?? "";
  const page = await browser.get(to);
  const said = /<div class="notice \w+" role="\w+"><p>(.*?)<\/p>/.exec(page.text)?.[1] ?? "";
  assert.ok(!(await browser.get(to)).text.includes('class="notice'), "a message is shown once");
  return `${to}: ${said
    .replace(/<[^>]+>/g, "")
    .replaceAll("&#39;", "'")
    .trim()}`;
}

test("a cancel asks once, in the page itself, and says what became of the job", async () => {
  const job = jobStatus();
  const outcomes: CancelOutcome[] = ["cancelled", "requested", "finished", "unknown"];
  const browser = openDashboard({ jobs: { get: async () => job, cancel: async () => outcomes.shift() ?? "unknown" } });
  const csrf = await browser.signIn();
  const { text } = await browser.get(`/jobs/${job.id}`);
  assert.match(text, /<summary>Cancel…<\/summary>.*name="moment" value="ready 0".*Cancel this job/s);
  const told: string[] = [];
  for (let i = 0; i < 4; i++) told.push(await follow(browser, await browser.post(`/jobs/${job.id}/cancel`, { csrf, moment: "ready 0" })));
  assert.match(told[0] ?? "", /The job is cancelled/);
  assert.match(told[1] ?? "", /told to stop/);
  assert.match(told[2] ?? "", /moved on.*Nothing was done/);
  assert.match(told[3] ?? "", /no such job any more/);
});

test("a job that has moved on since the page showed it is not cancelled", async () => {
  const job = jobStatus({ state: "running", attempt: 2, startedAt: NOW });
  const browser = openDashboard({ jobs: { get: async () => job } });
  const csrf = await browser.signIn();
  const told = await follow(browser, await browser.post(`/jobs/${job.id}/cancel`, { csrf, moment: "ready 0" }));
  assert.match(told, /moved on since you looked: it is running now\. Nothing was done/);
});

test("several are cancelled after they were counted, and the late ones are told apart", async () => {
  const ids = [newId(), newId(), newId()];
  const outcomes = new Map<string, CancelOutcome>([
    [ids[0] ?? "", "cancelled"],
    [ids[1] ?? "", "requested"],
    [ids[2] ?? "", "finished"],
  ]);
  const browser = openDashboard({ jobs: { cancel: async (id) => outcomes.get(id) ?? "unknown" } });
  const csrf = await browser.signIn();
  const ask = await browser.post("/cancel", { csrf, id: ids.join(" "), back: "/requests?queue=q" });
  assert.match(ask.text, /Cancel 3 jobs\?/);
  assert.deepEqual(browser.calls, []);
  const told = await follow(browser, await browser.post("/cancel", { csrf, id: ids.join(" "), back: "/requests?queue=q", sure: "yes" }));
  assert.equal(told, "/requests?queue=q: 1 job cancelled. 1 job had started and will stop. 1 job had moved on and ended before.");
});

test("one retry: each outcome in words, with the job that came of it", async () => {
  const job = jobStatus({ state: "errored", finishedAt: NOW });
  const made = newId();
  const outcomes: RetryResult[] = [
    { outcome: "enqueued", id: made },
    { outcome: "already", id: made },
    { outcome: "blocked", id: made },
    { outcome: "live" },
  ];
  const browser = openDashboard({ jobs: { get: async () => job, retry: async () => outcomes.shift() ?? { outcome: "unknown" } } });
  const csrf = await browser.signIn();
  for (const said of [
    /runs once more, as a new one.*Show the job/,
    /retried before/,
    /another live job holds its key/,
    /has not finished/,
    /no such job/,
  ])
    assert.match(await follow(browser, await browser.post(`/jobs/${job.id}/retry`, { csrf })), said);
});

test("all that match are counted first, and then exactly those are retried, in slices", async () => {
  const items = Array.from({ length: 1_150 }, () => ({
    ...{ id: newId(), name: "work", queue: "default", outcome: "errored", priority: 0, attempt: 1, retries: 0 },
    ...{ runAt: NOW, createdAt: NOW, finishedAt: NOW },
  })) as Parameters<typeof Array.of<import("../../src/core/listing.ts").ResultSummary>>;
  const browser = openDashboard({
    operator: {
      async results({ cursor = "0", limit = 50 } = {}) {
        const to = Number(cursor) + limit;
        return { items: items.slice(Number(cursor), to), ...(to < items.length ? { cursor: String(to) } : {}) };
      },
      retryMany: async (ids) => ids.map((id, index) => ({ outcome: index === 0 ? "already" : index === 1 ? "blocked" : "enqueued", id })),
    },
  });
  const csrf = await browser.signIn();
  const { text } = await browser.get("/results/retry?outcome=errored&queue=default");
  assert.match(text, /Retry 1,000 jobs\?.*There are more/s);
  const asked = browser.calls.map(([, query]) => query as Record<string, unknown>);
  assert.ok(
    asked.every(({ final, until, outcome, queue }) => final === true && until === NOW && outcome === "errored" && queue === "default"),
  );
  const [, ids = ""] = /name="id" value="([^"]+)"/.exec(text) ?? [];
  assert.deepEqual(
    ids.split(" "),
    items.slice(0, 1_000).map(({ id }) => id),
  );
  browser.calls.length = 0;
  const told = await follow(browser, await browser.post("/results/retry", { csrf, id: ids, back: "/results?outcome=errored" }));
  assert.deepEqual(
    browser.calls.filter(([name]) => name === "retryMany").map(([, list]) => (list as string[]).length),
    [500, 500],
  );
  assert.match(told, /996 jobs went in\. 2 jobs had been retried before\. 2 jobs did not go in: another live job holds the key/);
});

test("queues and schedules are paused and resumed; a schedule that is gone is told of", async () => {
  const browser = openDashboard({
    operator: {
      pauseQueue: async () => {},
      resumeQueue: async () => {},
      pauseSchedule: async () => true,
      resumeSchedule: async () => false,
    },
  });
  const csrf = await browser.signIn();
  const schedule = { csrf, application: "shop", name: "nightly" };
  assert.match(await follow(browser, await browser.post("/queues/pause", { csrf, queue: "mail" })), /mail is paused/);
  assert.match(await follow(browser, await browser.post("/queues/resume", { csrf, queue: "mail" })), /mail is open again/);
  assert.match(await follow(browser, await browser.post("/schedules/pause", schedule)), /nightly is paused/);
  assert.match(await follow(browser, await browser.post("/schedules/resume", schedule)), /gone.*Nothing was done/);
  assert.deepEqual(
    browser.calls.filter(([name]) => /Queue|Schedule$/.test(String(name))),
    [
      ["pauseQueue", "mail"],
      ["resumeQueue", "mail"],
      ["pauseSchedule", "shop", "nightly"],
      ["resumeSchedule", "shop", "nightly"],
    ],
  );
});

test("a schedule runs now, on behalf of whoever asked", async () => {
  const id = newId();
  const browser = openDashboard({
    schedules: [schedule("nightly", "0 3 * * *", defineJob("report"))],
    jobs: { enqueue: async () => ({ id, outcome: "enqueued" }) },
  });
  const csrf = await browser.signIn();
  assert.match(await follow(browser, await browser.post("/schedules/run", { csrf, name: "nightly" })), /The job of nightly is enqueued/);
  const [, , , options] = browser.calls.find(([name]) => name === "enqueue") ?? [];
  assert.equal((options as { createdBy?: string }).createdBy, "ada");
  assert.match(await follow(browser, await browser.post("/schedules/run", { csrf, name: "other" })), /does not know that schedule/);
});
