/**
 * The dashboard as the product serves it, over a real database, and a browser for it.
 * @module
 */
import assert from "node:assert/strict";
import { Hono } from "hono";
import type { Mayfly } from "../../src/app/create-mayfly.ts";
import { tokensOf } from "../../src/app/environment.ts";
import { createDashboard } from "../../src/dashboard/app.tsx";
import { createMayfly, type Driver, type JobDefinition } from "../../src/index.ts";
import type { Settlement } from "../../src/store/settlement.ts";
import type { AnnouncedSchedule } from "../../src/store/store.ts";
import type { SqlDatabase } from "../support/each-postgres.ts";
import { claim, failure, type NewJobFields, newId, newJob, type TurnFields } from "../support/samples.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { recordingLogger } from "../support/worker.ts";

export const TOKEN = "ada:operator-token";
export const PRODUCER_TOKEN = "shop:producer-token";
export const SCHEDULER_TOKEN = "cron:scheduler-token";
export const HERE = { origin: "http://localhost" };

type Setup = Parameters<typeof createMayfly>[0];

export interface DashboardSetup extends Omit<Setup, "jobs" | "database" | "logger"> {
  readonly base?: string;
  /** As the dashboard itself sees it. Default: http://localhost. */
  readonly origin?: string;
  readonly jobs?: readonly JobDefinition[];
  /** Where the dashboard's own time is to stand still. Default: the system's. */
  readonly clock?: VirtualClock;
  /** Where its requests come from, as a platform would say. */
  readonly address?: () => string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Browser {
  /** What is set in the environment; a test may change it. */
  readonly env: Record<"MAYFLY_OPERATOR_TOKENS" | "MAYFLY_PRODUCER_TOKENS" | "CRON_SECRET", string>;
  readonly cookies: Map<string, string>;
  /** What the server logged of errors. */
  readonly lines: ReturnType<typeof recordingLogger>["lines"];
  /** The last `set-cookie` headers. */
  lastCookies: string[];
  /** Any request, with the cookies there are. */
  send(path: string, init: RequestInit): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form as the dashboard's own page would. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** Signs in by the form, and answers what every form of this session bears. */
  signIn(): Promise<string>;
}

export function openDashboard({ driver }: { readonly driver: Driver }, setup: DashboardSetup = {}): Browser {
  const { base = "/", origin = HERE.origin, jobs = [], clock, address, ...options } = setup;
  const env = { MAYFLY_OPERATOR_TOKENS: TOKEN, MAYFLY_PRODUCER_TOKENS: PRODUCER_TOKEN, CRON_SECRET: SCHEDULER_TOKEN };
  const logger = recordingLogger();
  const mayfly = createMayfly({ ...options, jobs, database: () => driver, logger });
  if (address) mayfly.onClientAddress(address);
  const pages = clock ? pagesAt(mayfly, clock, logger) : mayfly.app();
  const app = base === "/" ? pages : new Hono<{ Bindings: object }>().route(base, pages);
  const root = base === "/" ? "" : base;
  const cookies = new Map<string, string>();

  async function send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await app.request(`${origin}${root}${path}`, { ...init, headers }, env);
    browser.lastCookies = response.headers.getSetCookie();
    for (const cookie of browser.lastCookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  const browser: Browser = {
    env,
    cookies,
    lines: logger.lines,
    lastCookies: [],
    send,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, form, headers = HERE) => send(path, { method: "POST", body: new URLSearchParams(form), headers }),
    async signIn() {
      const answer = await browser.post("/sign-in", { token: TOKEN });
      assert.equal(answer.status, 303, answer.text);
      const { text } = await browser.get("/enqueue");
      const [, csrf = ""] = /name="csrf" value="([^"]+)"/.exec(text) ?? [];
      assert.match(csrf, /^[0-9a-f]{64}$/);
      return csrf;
    },
  };
  return browser;
}

/** The pages alone, wired as `createMayfly` does it but for their clock. */
function pagesAt(mayfly: Mayfly<unknown>, clock: VirtualClock, logger: ReturnType<typeof recordingLogger>): Hono<{ Bindings: object }> {
  const { definitions, config } = mayfly;
  return createDashboard<unknown>({
    definitions,
    jobs: (c) => mayfly.connect(c.env),
    ledger: () => undefined,
    operator: (c) => mayfly.operator(c.env),
    application: config.application,
    schedules: config.schedules,
    tokens: tokensOf,
    countWrong: async () => true,
    redact: config.redact,
    clock,
    logger,
  });
}

/** Of the jobs that are claimed at once: higher than of any before. */
let priority = 0;

/** Enqueues these, and a worker that knows all their names claims them, before others that wait. */
export async function hold({ store }: SqlDatabase, jobs: readonly NewJobFields[], worker: TurnFields = {}) {
  priority++;
  const made = jobs.map((job) => newJob({ priority, ...job }));
  const replies = await store.enqueue(made);
  assert.ok(replies.every(({ outcome }) => outcome === "enqueued"));
  const all = (of: "queue" | "name") => [...new Set(made.map((job) => job[of]))];
  const held = await claim(store, { slots: made.length, queues: all("queue"), names: all("name"), ...worker });
  assert.deepEqual(held.jobs.map(({ id }) => id).sort(), made.map(({ id }) => id).sort());
  const settle = (...settlements: Settlement[]) => claim(store, { workerId: held.workerId, slots: 0, settle: settlements });
  return { ids: made.map(({ id }) => id), settle, claimId: held.claimId, workerId: held.workerId };
}

/** Lets these end in one turn: as failed, unless they are to end otherwise. */
export async function endAll(database: SqlDatabase, jobs: readonly NewJobFields[], end: Partial<Settlement> = {}): Promise<string[]> {
  const { ids, claimId, settle } = await hold(database, jobs);
  await settle(...ids.map((id) => ({ ...failure(id, claimId), ...end })));
  return ids;
}

export async function endOne(database: SqlDatabase, job: NewJobFields = {}, end: Partial<Settlement> = {}): Promise<string> {
  const [id = ""] = await endAll(database, [job], end);
  return id;
}

/** Enqueues one that waits. */
export async function waiting({ store }: SqlDatabase, job: NewJobFields = {}): Promise<string> {
  const [reply] = await store.enqueue([newJob(job)]);
  assert.equal(reply?.outcome, "enqueued");
  return reply.id;
}

/** Puts these in force for an application that is not this program. */
export async function announce({ store }: SqlDatabase, application: string, ...schedules: AnnouncedSchedule[]): Promise<void> {
  assert.equal(await store.announceSchedules({ application, hash: newId() }, schedules), "current");
}

/** A driver that lets something else happen in the database just before a statement is sent. */
export function meanwhile(driver: Driver, text: string, happen: () => Promise<unknown>): Driver {
  return {
    ...driver,
    async query(statement, options) {
      if (statement.text === text) await happen();
      return await driver.query(statement, options);
    },
  };
}

/** A page's text as people read it. */
export function plain(html: string): string {
  return html
    .replace(/<[^>]+>/g, "")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .trim();
}
