/**
 * A dashboard over clients that answer what a test says, and a browser for it.
 * @module
 */
import assert from "node:assert/strict";
import { Hono } from "hono";
import type { JobDefinition } from "../../src/core/job-definition.ts";
import type { JobStatus, JobsClient } from "../../src/core/jobs-client.ts";
import type { Overview } from "../../src/core/listing.ts";
import type { OperatorClient } from "../../src/core/operator-client.ts";
import type { ScheduleEntry } from "../../src/core/schedule.ts";
import { createDashboard } from "../../src/dashboard/app.tsx";
import { newId } from "../support/samples.ts";
import { type VirtualClock, virtualClock } from "../support/virtual-clock.ts";
import { recordingLogger } from "../support/worker.ts";

export const TOKEN = "ada:operator-token";
export const NOW = "2026-01-01T00:00:00.000Z";

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

export interface DashboardSetup {
  readonly base?: string;
  readonly operator?: Partial<OperatorClient>;
  readonly jobs?: Partial<JobsClient>;
  readonly definitions?: readonly JobDefinition[];
  readonly schedules?: readonly ScheduleEntry[];
  readonly redact?: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Browser {
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

export function openDashboard({
  base = "/",
  operator = {},
  jobs = {},
  definitions = [],
  schedules = [],
  redact = [],
}: DashboardSetup = {}): Browser {
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

  const browser: Browser = {
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

export function overview(more: Partial<Overview> = {}): Overview {
  const point = { at: NOW, successful: 3, errored: 1, cancelled: 0, deferred: 0, lost: 0 };
  return {
    at: NOW,
    stepMs: 60_000,
    throughput: [point],
    retries: 0,
    cost: { roundTrips: 0, jobs: 0, bytes: 0, ms: 0, awakeMs: 0 },
    queues: [],
    moreQueues: false,
    workers: { alive: 1, stale: 0 },
    lastSeenMs: 1_000,
    unknownNames: [],
    ...more,
  };
}

export function jobStatus(more: Partial<JobStatus> = {}): JobStatus {
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
