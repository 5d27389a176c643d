/**
 * The dashboard in a real browser: for everybody, by keyboard, with scripts and without.
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import * as z from "zod";
import { defineJob, schedule } from "../../src/index.ts";
import { until } from "../support/condition.ts";
import { freePort } from "../support/free-port.ts";
import { newId } from "../support/samples.ts";
import { jobStatus, NOW, openDashboard, overview, type Browser as Subject, TOKEN } from "./support.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"];

const error = { name: "TypeError", message: "x is not a function", stack: "TypeError: x is not a function\n    at y (z.ts:1:1)" };
const attempt = { attempt: 1, outcome: "errored", startedAt: NOW, finishedAt: NOW, workerId: newId(), error } as const;
const waits = jobStatus();
const ended = jobStatus({ state: "errored", finishedAt: NOW, payload: { a: 1 }, attempts: [{ ...attempt, output: { b: 2 } }] });
const work = defineJob("work", {
  payload: z.object({ to: z.email(), times: z.int().optional(), kind: z.enum(["a", "b"]), list: z.array(z.string()) }),
});

/** Counted up, so that a page that refreshes itself is seen to. */
let ready = 0;

function subject(): Subject {
  const live = { ...waits, state: "ready", held: false, parked: false } as const;
  const worker = {
    id: newId(),
    state: "stale",
    runtime: "lambda",
    queues: ["default"],
    startedAt: NOW,
    heartbeatAt: NOW,
    running: 2,
  } as const;
  return openDashboard({
    definitions: [work],
    schedules: [schedule("nightly", "0 3 * * *", work, { payload: () => ({ to: "a@b.example", kind: "a", list: [] }) })],
    operator: {
      overview: async () =>
        overview({ queues: [{ queue: "mail", ready: ++ready, running: 1, scheduled: 0, oldestMs: 5 }], wait: { p50: 1, p95: 2, p99: 3 } }),
      jobs: async () => ({ items: [live], cursor: "c" }),
      results: async () => ({ items: [{ ...ended, outcome: "errored", finishedAt: NOW, error }], lookedTo: NOW }),
      workers: async () => ({ items: [worker] }),
      queues: async () => [{ queue: "mail", ready: ++ready, running: 1, scheduled: 0, pausedAt: NOW }],
      schedules: async () => [
        { application: "default", name: "nightly", nextAt: NOW, definition: { when: "0 3 * * *", timezone: "UTC", job: "work" } },
      ],
    },
    jobs: { get: async (id) => (id === waits.id ? waits : id === ended.id ? ended : undefined), cancel: async () => "cancelled" },
  });
}

/** Passes what a browser asks for on to the dashboard, cookies and all. */
function serve(dashboard: Subject): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { cookie: _, ...others } = headers;
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    const answer =
      request.method === "POST" ? await dashboard.post(request.url ?? "", form, others) : await dashboard.get(request.url ?? "", others);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answer.text);
  });
}

const PAGES = [
  "/",
  "/requests",
  "/processes",
  "/results?key=k",
  `/jobs/${waits.id}`,
  `/jobs/${ended.id}`,
  "/workers",
  "/schedules",
  "/queues",
].concat("/enqueue", "/enqueue?job=work", "/results/retry", "/nowhere", "/sign-in");

describe("in Chromium", {
  skip: existsSync(CHROMIUM) ? false : `there is no Chromium at ${CHROMIUM}; CHROMIUM_PATH says where it is`,
}, () => {
  let browser: Browser;
  let server: Server;
  let base: string;
  before(async () => {
    server = serve(subject());
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
    base = `http://127.0.0.1:${port}`;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", ...QUIET] });
  });
  after(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  /** A page of somebody who has signed in by the form; whatever the browser complains about fails the test. */
  async function signedIn(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ baseURL: base, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && !/status of 404/.test(message.text()) && complaints.push(message.text()));
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.goto("/sign-in");
    await page.getByLabel("Operator token").fill(TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${base}/`);
    return { page, complaints };
  }

  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing on any page, ${colorScheme}, and no policy is broken`, async () => {
      const { page, complaints } = await signedIn({ colorScheme });
      const found: string[] = [];
      for (const path of PAGES) {
        await page.goto(path);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        found.push(...violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`));
      }
      assert.deepEqual([...found, ...complaints], []);
      await page.context().close();
    });
  }

  test("every page fits a phone, and has one title", async () => {
    const { page } = await signedIn({ viewport: { width: 390, height: 844 } });
    for (const path of PAGES) {
      await page.goto(path);
      assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${path} overflows`);
      assert.equal(await page.locator("h1").count(), 1, path);
    }
    await page.context().close();
  });

  test("numbers refresh by themselves, and whatever somebody is busy with stays", async () => {
    const { page } = await signedIn();
    await page.clock.install();
    await page.goto("/");
    const count = page.locator("#depths li p").last();
    const before = await count.textContent();
    await page.getByText("The numbers").click();
    await page.clock.runFor(5_100);
    await until(async () => (await count.textContent()) !== before);
    assert.ok(await page.locator("#throughput-numbers").evaluate((details) => "open" in details && details.open));

    await page.getByRole("button", { name: "Live" }).click();
    assert.equal(await page.getByRole("button", { name: "Live" }).getAttribute("aria-pressed"), "false");
    await page.waitForTimeout(300);
    const paused = await count.textContent();
    await page.clock.runFor(20_000);
    await page.waitForTimeout(300);
    assert.equal(await count.textContent(), paused);
    await page.context().close();
  });

  test("a selection in a list outlives the refresh", async () => {
    const { page } = await signedIn();
    await page.clock.install();
    await page.goto("/requests");
    await page.getByRole("checkbox").first().check();
    await page.getByLabel("Key", { exact: true }).focus();
    await Promise.all([
      page.waitForResponse((response) => response.request().headers()["x-mayfly-refresh"] === "yes"),
      page.clock.runFor(5_100),
    ]);
    await page.waitForTimeout(200);
    assert.ok(await page.getByRole("checkbox").first().isChecked());
    assert.ok(await page.getByLabel("Key", { exact: true }).evaluate((input) => input.matches(":focus")));
    await page.context().close();
  });

  test("without scripts: signing in, filtering, cancelling and signing out work", async () => {
    const { page } = await signedIn({ javaScriptEnabled: false });
    assert.equal(await page.getByRole("button", { name: "Live" }).count(), 0);
    await page.goto("/results");
    await page.getByLabel("Status", { exact: true }).selectOption("errored");
    await page.getByRole("button", { name: "Filter" }).click();
    assert.match(page.url(), /outcome=errored/);
    await page.goto(`/jobs/${waits.id}`);
    await page.getByText("Cancel…").click();
    await page.getByRole("button", { name: "Cancel this job" }).click();
    assert.match((await page.getByRole("status").textContent()) ?? "", /The job is cancelled/);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${base}/sign-in`);
    await page.context().close();
  });

  test("the keyboard reaches the content past the navigation", async () => {
    const { page } = await signedIn();
    await page.keyboard.press("Tab");
    assert.ok(await page.getByRole("link", { name: "Skip to the content" }).evaluate((link) => link.matches(":focus")));
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("main").evaluate((main) => main.matches(":focus")));
    await page.context().close();
  });
});
