/**
 * Every page and every action there is: closed to everybody but an operator's session, and open to it.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Hono } from "hono";
import { createDashboard } from "../../src/dashboard/app.tsx";
import { actions, pages } from "../../src/dashboard/routes.ts";
import { createMayfly, defineJob, schedule } from "../../src/index.ts";
import { contentOf } from "../support/content.ts";
import { useDatabase } from "../support/database.ts";

import { newId } from "../support/samples.ts";
import { recordingLogger } from "../support/worker.ts";
import { announce, type Browser, endOne, HERE, openDashboard, PRODUCER_TOKEN, SCHEDULER_TOKEN, TOKEN, waiting } from "./support.ts";

const database = useDatabase();

const work = defineJob("work");
const PARTS = { jobs: [work], schedules: [schedule("nightly", "0 3 * * *", work)] };
const FOREIGN: readonly Record<string, string>[] = [
  { origin: "https://evil.example" },
  { origin: "http://localhost.evil.example" },
  { origin: "null" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  {},
];

/** For each action a form that it takes, and where it goes. */
async function formsOf(): Promise<Record<string, { path?: string; form: Record<string, string> }>> {
  const [waits, other, failed, failedToo] = [
    await waiting(database),
    await waiting(database),
    await endOne(database),
    await endOne(database),
  ];
  const definition = { when: "0 3 * * *", timezone: null, job: "work" };
  await announce(
    database,
    "default",
    { name: "nightly", nextAt: null, definition },
    { name: "halted", nextAt: "2999-01-01T00:00:00Z", definition },
  );
  await database.sql("update mayfly.schedule set paused_at = now() where name = 'halted'");
  await database.sql("insert into mayfly.queue (name, paused_at) values ('halted', now())");
  return {
    "/sign-out": { form: {} },
    "/enqueue": { form: { job: "work", "payload.": "{}" } },
    "/cancel": { form: { id: waits, sure: "yes" } },
    "/jobs/:id/cancel": { path: `/jobs/${other}/cancel`, form: { moment: "ready 0" } },
    "/jobs/:id/retry": { path: `/jobs/${failed}/retry`, form: {} },
    "/results/retry": { form: { id: failedToo } },
    "/queues/pause": { form: { queue: "mail" } },
    "/queues/resume": { form: { queue: "halted" } },
    "/schedules/run": { form: { name: "nightly" } },
    "/schedules/pause": { form: { application: "default", name: "nightly" } },
    "/schedules/resume": { form: { application: "default", name: "halted" } },
  };
}

/** Asks, and sees to it that the database is as it was. */
async function unchanged<T>(ask: () => Promise<T>): Promise<T> {
  const before = await contentOf(database);
  const answer = await ask();
  assert.deepEqual(await contentOf(database), before);
  return answer;
}

const concrete = (route: string) => route.replace(":id", newId());

/** One that holds somebody else's token, or none. */
function stranger(cookies: ReadonlyMap<string, string> = new Map()): Browser {
  const browser = openDashboard(database, PARTS);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  return browser;
}

test("no route is outside the lists, but for the door and the assets", () => {
  const { definitions, config, ...mayfly } = createMayfly({ ...PARTS, database: () => database.driver });
  const dashboard = createDashboard<object>({
    ...{
      definitions,
      jobs: (c) => mayfly.connect(c.env),
      ledger: () => undefined,
      operator: (c) => mayfly.operator(c.env),
      application: config.application,
    },
    ...{
      schedules: config.schedules,
      tokens: () => ({ producer: [], operator: [], scheduler: [] }),
      countWrong: async () => true,
      redact: [],
    },
    ...{ clock: { now: Date.now }, logger: recordingLogger() },
  });
  const served = new Set(dashboard.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`));
  const door = ["GET /sign-in", "POST /sign-in"];
  assert.deepEqual(
    [...served].filter((route) => !route.startsWith("GET /assets/")).sort(),
    [...door, ...pages.map(([path]) => `GET ${path}`), ...actions.map(([path]) => `POST ${path}`)].sort(),
  );
  // What takes any method is what every request passes, and the page for what is not there.
  assert.deepEqual([...new Set(dashboard.routes.filter(({ method }) => method === "ALL").map(({ path }) => path))].sort(), ["/*"]);
});

test("every page and action is reached also at the root of another app, and no action by another method", async () => {
  const app = new Hono().route("/", createMayfly({ ...PARTS, database: () => database.driver }).app() as unknown as Hono);
  for (const [route] of pages) assert.equal((await app.request(concrete(route), {}, {})).status, 303, route);
  for (const [route] of actions)
    assert.equal((await app.request(concrete(route), { method: "POST", headers: HERE }, {})).status, 303, route);
  const browser = openDashboard(database, PARTS);
  const csrf = await browser.signIn();
  for (const [route, { path = route, form }] of Object.entries(await formsOf())) {
    for (const method of ["PUT", "DELETE", "PATCH", "PURGE"]) {
      const body = new URLSearchParams({ csrf, ...form });
      assert.equal((await unchanged(() => browser.send(path, { method, body, headers: HERE }))).status, 404, `${method} ${path}`);
    }
  }
});

for (const [route] of pages) {
  test(`GET ${route} leads to the door without a session, and is there with one`, async () => {
    const path = concrete(route);
    for (const init of [{}, { method: "HEAD" }, { headers: { authorization: `Bearer ${TOKEN}` } }]) {
      const { status, headers, text } = await unchanged(() => stranger().send(path, init));
      const at = `/sign-in?${new URLSearchParams({ next: path })}`;
      assert.deepEqual([status, headers.get("location"), text], [303, at, ""]);
    }
    const browser = openDashboard(database, PARTS);
    await browser.signIn();
    const { status } = await unchanged(() => browser.get(path));
    assert.equal(status, route === "/jobs/:id" ? 404 : route === "/search" ? 303 : 200);
  });
}

test("there is a form here for every action", async () => {
  assert.deepEqual(Object.keys(await formsOf()).sort(), actions.map(([route]) => route).sort());
});

for (const [route] of actions) {
  describe(`POST ${route}`, () => {
    const its = async () => {
      const { path = route, form = {} } = (await formsOf())[route] ?? {};
      return { path, form };
    };

    test("leads to the door without a session, and does nothing", async () => {
      const { path, form } = await its();
      for (const headers of [HERE, { ...HERE, authorization: `Bearer ${TOKEN}` }]) {
        const answer = await unchanged(() => stranger().post(path, { ...form, csrf: "0".repeat(64) }, headers));
        assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/sign-in"]);
      }
    });

    test("is refused without its session's own word, from elsewhere, and is done with it from here", async () => {
      const { path, form } = await its();
      const browser = openDashboard(database, PARTS);
      const csrf = await browser.signIn();
      const other = await openDashboard(database, PARTS).signIn();
      assert.notEqual(csrf, other);
      for (const more of [{}, { csrf: "" }, { csrf: other }, { csrf: csrf.slice(1) }, { csrf: csrf.toUpperCase() }] as Record<
        string,
        string
      >[]) {
        const answer = await unchanged(() => browser.post(path, { ...form, ...more }));
        assert.equal(answer.status, 403, JSON.stringify(more));
        assert.match(answer.text, /Nothing was done/);
      }
      for (const headers of FOREIGN) {
        const answer = await unchanged(() => browser.post(path, { ...form, csrf }, headers));
        assert.equal(answer.status, 403, JSON.stringify(headers));
        assert.match(answer.text, /only by a page of this dashboard/);
        assert.match(answer.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
      }
      assert.ok(browser.cookies.has("mayfly_session"));

      const before = await contentOf(database);
      assert.equal((await browser.post(path, { ...form, csrf })).status, 303);
      if (route === "/sign-out") assert.ok(!browser.cookies.has("mayfly_session"));
      else assert.notDeepEqual(await contentOf(database), before);
    });
  });
}

for (const [role, token] of [
  ["producer", PRODUCER_TOKEN],
  ["scheduler", SCHEDULER_TOKEN],
] as const) {
  test(`with a ${role}'s token no session can be had, nor one kept that was an operator's`, async () => {
    const browser = openDashboard(database, PARTS);
    const answer = await browser.post("/sign-in", { token });
    assert.deepEqual([answer.status, browser.lastCookies], [401, []]);
    assert.equal((await browser.get("/queues")).status, 303);

    // Where this token is an operator's it opens a session; here that is worth nothing.
    const elsewhere = openDashboard(database, PARTS);
    elsewhere.env.MAYFLY_OPERATOR_TOKENS = token;
    assert.equal((await elsewhere.post("/sign-in", { token })).status, 303);
    assert.equal((await elsewhere.get("/queues")).status, 200);
    const forged = stranger(elsewhere.cookies);
    for (const [route] of pages) assert.equal((await forged.get(concrete(route))).status, 303, route);
  });
}
