/**
 * An app of Hono's that does nothing about errors.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import * as z from "zod";
import { createMayfly, defineJob, MayflyError, type MayflyVariables } from "../../src/index.ts";

const welcome = defineJob("welcome-user", { payload: z.object({ userId: z.uuid() }) });
const mayfly = createMayfly<object>({ jobs: [welcome], database: () => "postgresql://u:p@ep-one.eu-central-1.aws.neon.tech/d" });

async function ask(route: (jobs: MayflyVariables["jobs"]) => Promise<unknown>): Promise<Response> {
  const app = new Hono<{ Bindings: object; Variables: MayflyVariables }>();
  app.use(mayfly.middleware());
  app.get("/", async (c) => c.json(await route(c.var.jobs)));
  return await app.request("/", {}, {});
}

test("a payload that does not fit is answered as its problem, with 422", async () => {
  const response = await ask((jobs) => jobs.enqueue(welcome, { userId: "not a uuid" }));
  const { code, problems } = (await response.json()) as { code: string; problems: { path: string[] }[] };
  assert.deepEqual(
    [response.status, response.headers.get("content-type"), code, problems[0]?.path.join(".")],
    [422, "application/problem+json", "invalid_payload", "payload.userId"],
  );
});

test("what another API said of this program's own token is an error of this program", async () => {
  const response = await ask(async () => {
    throw new MayflyError("unauthorized", "The token is not one of those in force.", { status: 401 });
  });
  assert.equal(response.status, 500);
});
