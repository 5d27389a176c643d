/**
 * The dashboard in a real browser: for everybody, by keyboard, with scripts and without.
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { Hono } from "hono";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import * as z from "zod";
import type { JobDefinition } from "../../src/core/job-definition.ts";
import type { JobStatus, JobsClient } from "../../src/core/jobs-client.ts";
import type { Overview } from "../../src/core/listing.ts";
import type { OperatorClient } from "../../src/core/operator-client.ts";
import type { ScheduleEntry } from "../../src/core/schedule.ts";
import { createDashboard } from "../../src/dashboard/app.tsx";
import { defineJob, schedule } from "../../src/index.ts";
import { until } from "../support/condition.ts";
import { freePort } from "../support/free-port.ts";
import { newId } from "../support/samples.ts";
import { type VirtualClock, virtualClock } from "../support/virtual-clock.ts";
import { recordingLogger } from "../support/worker.ts";

const TOKEN = "ada:operator-token";
const NOW = "2026-01-01T00:00:00.000Z";

/** A client of which only what a test names works; each call of that is written down. */
function recording<Client extends object>(methods: Partial<Client>, calls: unknown[][]): Client {
  const has = (name: string | symbol): name is Extract<keyof Client, string> => typeof name === "string" && name in methods;
  return new Proxy({} as Client, {
    get(_, name) {
      if (!has(name)) throw new Error(`${String(name)} was not expected`);
      const value = methods[name];
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        calls.push([name, ...args]);
        return value.apply(methods, args) as unknown;
      };
    },
  });
}

interface DashboardSetup {
  readonly base?: string;
  readonly operator?: Partial<OperatorClient>;
  readonly jobs?: Partial<JobsClient>;
  readonly definitions?: readonly JobDefinition[];
  readonly schedules?: readonly ScheduleEntry[];
  readonly redact?: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Subject {
  /** Tokens in force; a test may change them. */
  readonly tokens: { operator: string[]; producer: string[]; scheduler: string[] };
  readonly clock: VirtualClock;
  readonly calls: unknown[][];
  readonly cookies: Map<string, string>;
  /** The last `set-cookie` headers. */
  lastCookies: string[];
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form as the dashboard's own page would. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  signIn(): Promise<string>;
}

function openDashboard({
  base = "/",
  operator = {},
  jobs = {},
  definitions = [],
  schedules = [],
  redact = [],
}: DashboardSetup = {}): Subject {
  const calls: unknown[][] = [];
  const clock = virtualClock(Date.parse(NOW));
  const tokens = { operator: [TOKEN], producer: ["shop:producer-token"], scheduler: [] as string[] };
  const signIns = { mayTry: async () => true, succeeded: async () => {} };
  const all: Partial<OperatorClient> = {
    overview: async () => overview(),
    schedules: async () => [],
    jobs: async () => ({ items: [] }),
    results: async () => ({ items: [] }),
    workers: async () => ({ items: [] }),
    queues: async () => [],
    signIns,
    ...operator,
  };
  const dashboard = createDashboard<object>({
    definitions: new Map(definitions.map((definition) => [definition.name, definition])),
    jobs: () => recording(jobs, calls),
    operator: () => recording(all, calls),
    application: "default",
    schedules,
    tokens: () => tokens,
    redact,
    clock,
    logger: recordingLogger(),
  });
  const app = new Hono().route(base, dashboard);
  const root = base === "/" ? "" : base;
  const cookies = new Map<string, string>();

  async function send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await app.request(`http://localhost${root}${path}`, { ...init, headers });
    browser.lastCookies = response.headers.getSetCookie();
    for (const cookie of browser.lastCookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  const browser: Subject = {
    tokens,
    clock,
    calls,
    cookies,
    lastCookies: [],
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, form, headers = { origin: "http://localhost" }) =>
      send(path, { method: "POST", body: new URLSearchParams(form), headers }),
    async signIn() {
      const answer = await browser.post("/sign-in", { token: TOKEN });
      assert.equal(answer.status, 303, answer.text);
      const { text } = await browser.get("/enqueue");
      const [, csrf = ""] = /name="csrf" value="([^"]+)"/.exec(text) ?? [];
      assert.match(csrf, /^[0-9a-f]{64}$/);
      calls.length = 0;
      return csrf;
    },
  };
  return browser;
}

function overview(more: Partial<Overview> = {}): Overview {
  const point = { at: NOW, successful: 3, errored: 1, cancelled: 0, deferred: 0, lost: 0 };
  return {
    at: NOW,
    stepMs: 60_000,
    throughput: [point],
    queues: [],
    moreQueues: false,
    workers: { alive: 1, stale: 0 },
    lastSeenMs: 1_000,
    unknownNames: [],
    ...more,
  };
}

function jobStatus(more: Partial<JobStatus> = {}): JobStatus {
  return {
    id: newId(),
    name: "work",
    queue: "default",
    state: "ready",
    priority: 0,
    attempt: 0,
    retries: 0,
    runAt: NOW,
    createdAt: NOW,
    payload: {},
    attempts: [],
    ...more,
  };
}

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
