/**
 * Every route there is: in the table, closed to whom it is not for, and no more open by another method.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Role } from "../../src/http/auth.ts";
import { routeList } from "../../src/http/route-table.ts";
import { BOSS, CRON, SHOP, TOKENS, useApi } from "../support/api.ts";
import { newId } from "../support/samples.ts";

const api = useApi();

const BY_ROLE: Record<Role, string> = { producer: SHOP, operator: BOSS, scheduler: CRON };
const WRONG = ["", "wrong", `${SHOP},`, TOKENS.MAYFLY_PRODUCER_TOKENS, SHOP.slice(0, -1), `${BOSS} x`];

const concrete = (path: string) => path.replace(":id", newId()).replace(":name", "nightly");

const changes = () =>
  api.database.sql(
    "select (select count(*) from mayfly.job) as jobs, (select count(*) from mayfly.queue) as queues, (select count(*) from mayfly.worker) as workers",
  );

test("no route is outside the table", () => {
  const served = new Set(api.app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual([...served].sort(), routeList.map(({ key }) => key).sort());
  // What takes any method is there to refuse it.
  const paths = new Set(routeList.map(({ path }) => path));
  assert.deepEqual(
    api.app.routes.filter(({ method, path }) => method === "ALL" && !paths.has(path)).map(({ path }) => path),
    // The second one is the dashboard's: see test/dashboard/.
    ["/v1/*", "/*"],
  );
});

test("only the health and the description need no token", () => {
  assert.deepEqual(
    routeList.filter(({ roles }) => !roles).map(({ key }) => key),
    ["GET /healthz", "GET /openapi.json"],
  );
});

for (const { key, method, path, roles } of routeList.filter(({ roles }) => roles)) {
  test(`${key} refuses a missing, a wrong and an under-privileged token, and nothing has changed`, async () => {
    const body = method === "POST" ? { name: "plain" } : undefined;
    const before = await changes();
    for (const token of WRONG) {
      const { status, headers, body: told } = await api.ask(method, concrete(path), { token, body });
      assert.deepEqual([status, told.code, headers.get("www-authenticate")], [401, "unauthorized", 'Bearer realm="mayfly"']);
    }
    for (const [role, token] of Object.entries(BY_ROLE).filter(([role]) => !roles?.includes(role as Role))) {
      const { status, body: told } = await api.ask(method, concrete(path), { token, body });
      assert.deepEqual([status, told.code], [403, "forbidden"], role);
    }
    assert.deepEqual(await changes(), before);
  });

  test(`${key} is closed where no token is set`, async () => {
    const headers = { authorization: `Bearer ${BOSS}` };
    assert.equal((await api.app.request(concrete(path), { method, headers }, {})).status, 401);
  });
}

test("a body is not read for whom it is not", async () => {
  for (const token of ["wrong", CRON]) {
    let read = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read++;
          controller.enqueue(new Uint8Array(1_024));
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { authorization: `Bearer ${token}` };
    const request = new Request("http://x/v1/jobs", { method: "POST", headers, body, duplex: "half" } as RequestInit);
    await api.app.fetch(request, TOKENS);
    assert.equal(read, 0, token);
  }
});

test("another method on a known path is told which ones there are", async () => {
  for (const path of new Set(routeList.map((route) => route.path))) {
    const allowed = routeList.filter((route) => route.path === path).map(({ method }) => method);
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"].filter((one) => !allowed.includes(one as "GET"))) {
      const { status, headers, body } = await api.ask(method, concrete(path));
      assert.deepEqual([status, body.code, headers.get("allow")], [405, "method_not_allowed", allowed.join(", ")], `${method} ${path}`);
      if (path.startsWith("/v1/")) assert.equal((await api.ask(method, concrete(path), { token: "" })).status, 401);
    }
  }
});

test("an unknown route is not found, and under /v1 only for whom has a token", async () => {
  for (const path of ["/v1", "/v1/nothing", "/v1/jobs/x/nothing", "/healthz/nothing", "/v1/%"]) {
    const { status, body } = await api.ask("GET", path);
    assert.deepEqual([status, body.code], [404, "not_found"], path);
  }
  assert.equal((await api.ask("GET", "/v1/nothing", { token: "" })).status, 401);
});

test("every answer is data that nobody keeps, frames or runs", async () => {
  for (const [method, path, token] of [
    ["GET", "/healthz", ""],
    ["GET", "/openapi.json", ""],
    ["GET", "/v1/stats", BOSS],
    ["GET", "/v1/stats", ""],
    ["GET", "/v1/nothing", BOSS],
    ["DELETE", "/v1/stats", BOSS],
    ["GET", "/healthz/nothing", BOSS],
  ] as const) {
    const { headers } = await api.ask(method, path, { token });
    assert.deepEqual(
      ["cache-control", "x-content-type-options", "content-security-policy", "referrer-policy"].map((name) => headers.get(name)),
      ["no-store", "nosniff", "default-src 'none'; frame-ancestors 'none'", "no-referrer"],
      `${method} ${path}`,
    );
    assert.match(headers.get("content-type") ?? "", /^application\/(problem\+)?json$/);
  }
});
