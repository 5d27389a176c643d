/**
 * Where the dashboard is, beside the API and inside an app.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { actions, pages } from "../../src/dashboard/routes.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";

const ENV = { MAYFLY_OPERATOR_TOKENS: "operator" };

const database = useDatabase();

const mayfly = () => createMayfly({ jobs: [defineJob("work")], database: () => database.driver });

async function ask(app: Hono, path: string, init?: RequestInit) {
  const response = await app.request(path, init, ENV);
  return {
    status: response.status,
    location: response.headers.get("location"),
    text: await response.text(),
    cookies: response.headers.getSetCookie(),
  };
}

function within(base: string): Hono {
  const app = new Hono();
  app.get("/own", (c) => c.text("mine"));
  app.route(base, mayfly().app() as unknown as Hono);
  app.get("/later", (c) => c.text("mine too"));
  app.notFound((c) => c.text("my own not found", 404));
  return app;
}

test("alone, it has the base path, and a page for what is not there", async () => {
  const app = mayfly().app() as unknown as Hono;
  assert.deepEqual(await ask(app, "/").then(({ status, location }) => [status, location]), [303, "/sign-in?next=%2F"]);
  const nowhere = await ask(app, "/nowhere/at/all");
  assert.equal(nowhere.status, 404);
  assert.match(nowhere.text, /<h1>Not found/);
  assert.match((await ask(app, "/sign-in")).text, /href="\/assets\/base\.\w+\.css"/);
});

test("the API's routes are never the dashboard's", async () => {
  for (const base of ["/", "/mayfly"]) {
    const root = base === "/" ? "" : base;
    const app = within(base);
    assert.equal((await ask(app, `${root}/healthz`)).text, '{"status":"ok"}');
    assert.equal((await ask(app, `${root}/v1/jobs`)).status, 401);
    for (const path of ["/v1", "/metrics", "/openapi.json", "/v1x/../metrics"])
      assert.ok(!(await ask(app, `${root}${path}`)).text.includes("<html"), `${root}${path}`);
  }
});

test("at the root of an app each of its pages and actions is served", async () => {
  const app = within("/");
  for (const [method, routes] of [
    ["GET", pages],
    ["POST", actions],
  ] as const)
    for (const [path] of routes) assert.notEqual((await ask(app, path, { method })).text, "my own not found", `${method} ${path}`);
});

test("at the root of an app it leaves the app its other paths; under a path of its own everything there is its own", async () => {
  const root = within("/");
  assert.equal((await ask(root, "/own")).text, "mine");
  assert.equal((await ask(root, "/later")).text, "mine too");
  assert.equal((await ask(root, "/nowhere")).text, "my own not found");
  assert.equal((await ask(root, "/results")).status, 303);
  const below = within("/mayfly");
  assert.equal((await ask(below, "/later")).text, "mine too");
  assert.equal((await ask(below, "/results")).text, "my own not found");
  const nowhere = await ask(below, "/mayfly/nowhere");
  assert.equal(nowhere.status, 404);
  assert.match(nowhere.text, /href="\/mayfly".*<h1>Not found<\/h1>/s);
});

test("links, forms, cookies and assets keep to the path, with a slash at its end or not, and also where the path is a pattern", async () => {
  for (const [base, at] of [
    ["/mayfly", "/mayfly"],
    ["/tenants/:tenant/queue", "/tenants/shop/queue"],
  ] as const) {
    const app = within(base);
    for (const path of [at, `${at}/`]) assert.equal((await ask(app, path)).location, `${at}/sign-in?next=%2F`);
    const page = await ask(app, `${at}/sign-in`);
    const targets = [...page.text.matchAll(/ (?:href|src|action)="([^"#]+)"/g)].map(([, target]) => target ?? "");
    assert.ok(targets.length > 5 && targets.every((target) => target === at || target.startsWith(`${at}/`)), targets.join("\n"));
    const asset = targets.find((target) => target.endsWith(".css")) ?? "";
    assert.equal((await ask(app, asset)).status, 200);
    const body = new URLSearchParams({ token: "operator" });
    const signedIn = await ask(app, `${at}/sign-in`, { method: "POST", body, headers: { origin: "http://localhost" } });
    assert.deepEqual([signedIn.status, signedIn.location], [303, at], signedIn.text);
    assert.match(signedIn.cookies[0] ?? "", new RegExp(`; Path=${at};`));
    const cookie = (signedIn.cookies[0] ?? "").split(";")[0] ?? "";
    assert.match((await ask(app, `${at}/enqueue`, { headers: { cookie } })).text, new RegExp(`action="${at}/sign-out"`));
  }
});
