/**
 * The API inside apps that have one or another of Hono's routers.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { Hono as QuickHono } from "hono/quick";
import { Hono as TinyHono } from "hono/tiny";
import { createMayfly } from "../../src/index.ts";

const mayfly = createMayfly<object>({ jobs: [], database: () => "" });

for (const [router, around] of [
  ["no app around", () => mayfly.app()],
  ["hono", () => new Hono().route("/queue", mayfly.app())],
  ["hono/quick", () => new QuickHono().route("/queue", mayfly.app())],
  ["hono/tiny", () => new TinyHono().route("/queue", mayfly.app())],
] as const)
  test(`a path with a slash at its end is another one, with ${router}`, async () => {
    const app = around();
    const base = router === "no app around" ? "" : "/queue";
    const statusOf = async (path: string, method = "GET") => (await app.request(`${base}${path}`, { method })).status;
    assert.deepEqual([await statusOf("/healthz"), await statusOf("/openapi.json"), await statusOf("/healthz", "POST")], [200, 200, 405]);
    assert.deepEqual([await statusOf("/healthz/"), await statusOf("/openapi.json/"), await statusOf("/healthz/", "POST")], [404, 404, 404]);
    // Whoever asks below /v1 is asked for a token first, whatever is there.
    assert.deepEqual([await statusOf("/v1/jobs"), await statusOf("/v1/jobs/"), await statusOf("/v1/none")], [401, 401, 401]);
  });
