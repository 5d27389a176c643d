/**
 * `GET /openapi.json`: valid, complete, and true of what the API answers.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import * as z from "zod";
import { type RouteKey, routeList, routes } from "../../src/http/route-table.ts";
import { problem } from "../../src/http/schemas/problem.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import { type AskOptions, useApi } from "../support/api.ts";
import { newId } from "../support/samples.ts";

const api = useApi();

type Json = Record<string, unknown>;
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string; security?: unknown; responses: Json }>>>>;
  readonly components: { readonly schemas: { readonly Job: { readonly oneOf: { title: string; properties: Json }[] } } };
}

const describe = async () => (await api.ask("GET", "/openapi.json", { token: "" })).body as Json & Document;

test("it is a valid OpenAPI 3.1 document", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(await describe());
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, "3.1");
});

test("every route is in it, under a name of its own, and says whether it needs a token", async () => {
  const { paths } = await describe();
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      key: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
      ...operation,
    })),
  );
  assert.deepEqual(listed.map(({ key }) => key).sort(), routeList.map(({ key }) => key).sort());
  assert.equal(new Set(listed.map(({ operationId }) => operationId)).size, listed.length);
  for (const { key, security } of listed)
    assert.equal(security !== undefined, routes[key as RouteKey] && "roles" in routes[key as RouteKey], key);
});

test("each job is in it under each of its names, with its payload where the validator can tell it", async () => {
  const mute = defineJob("mute", {
    payload: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value }),
        jsonSchema: {
          input() {
            throw new Error("cannot");
          },
        },
      } as StandardSchemaV1["~standard"],
    },
  });
  const tree: z.ZodType = z.lazy(() => z.object({ children: z.array(tree) }));
  const jobs = [
    defineJob("typed", { payload: z.object({ n: z.int() }), aliases: ["old"] }),
    defineJob("bare"),
    mute,
    defineJob("tree", { payload: tree }),
    defineJob("of-valibot", { payload: v.object({ n: v.pipe(v.string(), v.transform(Number)) }) }),
    defineJob("half", { payload: v.object({ at: v.date(), by: v.string() }) }),
  ];
  const response = await createMayfly({ jobs, database: () => "" })
    .app()
    .request("/openapi.json");
  const document = (await response.json()) as Document & Json;
  const { oneOf } = document.components.schemas.Job;
  assert.deepEqual(
    oneOf.map(({ title }) => title),
    ["typed", "old", "bare", "mute", "tree", "of-valibot", "half"],
  );
  const payloads = oneOf.map(({ properties }) => properties.payload as Json);
  for (const typed of payloads.slice(0, 2)) assert.deepEqual([typed.type, (typed.properties as { n: Json }).n.type], ["object", "integer"]);
  assert.deepEqual(payloads.slice(2, 4), [{}, {}]);
  assert.deepEqual(
    payloads.slice(5).map(({ properties }) => properties),
    [{ n: { type: "string" } }, { at: {}, by: { type: "string" } }],
  );
  assert.ok((await new Validator().validate(document)).valid);
});

/** Asks, and finds the answer to be just what the table says. */
async function answers(key: RouteKey, path: string, options: AskOptions = {}, status = 200): Promise<Json> {
  const told = await api.ask(key.split(" ")[0] ?? "", path, options);
  assert.equal(told.status, status, `${key}: ${told.text}`);
  assert.deepEqual(v.parse(routes[key].answer, told.body), told.body, key);
  return told.body;
}

test("what it answers is what the document says", async () => {
  await answers("GET /healthz", "/healthz");
  const { id } = await answers("POST /v1/jobs", "/v1/jobs", { body: { name: "greet", payload: { to: "a" }, retries: 1 } }, 201);
  await answers("POST /v1/jobs", "/v1/jobs", { body: { jobs: [{ name: "greet", payload: { to: "a" } }] } });
  const later = await answers("POST /v1/jobs", "/v1/jobs", { body: { name: "plain", delay: "1h", concurrencyKey: "k" } }, 201);
  await answers("GET /v1/jobs/:id", `/v1/jobs/${id}`);
  await answers("POST /v1/wake", "/v1/wake");
  await answers("POST /v1/tick", "/v1/tick");
  await answers("GET /v1/tick", "/v1/tick");
  await answers("GET /v1/jobs/:id", `/v1/jobs/${id}`);
  const { outcome } = await answers("POST /v1/jobs/:id/cancel", `/v1/jobs/${later.id}/cancel`);
  assert.equal(outcome, "cancelled");
  for (const expected of ["enqueued", "already"])
    assert.equal((await answers("POST /v1/jobs/:id/retry", `/v1/jobs/${id}/retry`)).outcome, expected);
  await answers("GET /v1/stats", "/v1/stats");
  await answers("POST /v1/queues/:name/pause", "/v1/queues/mail/pause");
  await answers("POST /v1/queues/:name/resume", "/v1/queues/mail/resume");
  const { items } = await answers("GET /v1/schedules", "/v1/schedules");
  assert.equal((items as Json[])[0]?.name, "nightly");
  for (const verb of ["pause", "resume"] as const) await answers(`POST /v1/schedules/:name/${verb}`, `/v1/schedules/nightly/${verb}`);
  await answers("POST /v1/schedules/:name/run", "/v1/schedules/nightly/run", {}, 201);
});

test("what its lists answer is what the document says", async () => {
  const { id } = await answers("POST /v1/jobs", "/v1/jobs", { body: { name: "greet", payload: { to: "a" } } }, 201);
  await answers("POST /v1/jobs", "/v1/jobs", { body: { name: "plain", queue: "mail" } }, 201);
  await answers("POST /v1/tick", "/v1/tick");
  assert.equal(((await answers("GET /v1/jobs", "/v1/jobs?state=waiting&queue=mail&limit=1")).items as Json[]).length, 1);
  assert.equal(((await answers("GET /v1/results", "/v1/results?outcome=successful&final=true")).items as Json[]).length, 1);
  await answers("GET /v1/workers", "/v1/workers?state=left");
  await answers("GET /v1/queues", "/v1/queues");
  for (const range of ["hour", "day", "week"]) await answers("GET /v1/overview", `/v1/overview?range=${range}&queue=default`);
  const { items } = await answers("POST /v1/results/retry", "/v1/results/retry", { body: { ids: [id, newId()] } });
  assert.deepEqual(
    (items as { outcome: string }[]).map(({ outcome }) => outcome),
    ["enqueued", "unknown"],
  );
});

test("what it refuses is told as the document says", async () => {
  for (const [method, path, options] of [
    ["GET", "/v1/jobs?limit=0&limit=1", {}],
    ["GET", "/v1/jobs?limit=x&colour=red&since=2026-02-31T00:00:00Z", {}],
    ["POST", "/v1/results/retry", { body: { ids: ["x"], more: 1 } }],
    ["POST", "/v1/queues/%00/pause", {}],
    ["GET", "/v1/jobs/x", {}],
    ["PUT", "/v1/jobs", {}],
    ["GET", "/v1/stats", { token: "" }],
  ] as const) {
    const { body, status } = await api.ask(method, path, options);
    assert.deepEqual([v.parse(problem, body), body.status], [body, status], `${method} ${path}`);
  }
});

test("every problem of a query or a body is told at once, with its path", async () => {
  const query = await api.ask("GET", "/v1/jobs?limit=201&colour=red&since=2026-02-31T00:00:00Z&state=odd&workerId=1&cursor=");
  assert.equal(query.status, 422);
  assert.deepEqual((query.body.problems as { path: string[] }[]).map(({ path }) => path[0]).sort(), [
    "colour",
    "cursor",
    "limit",
    "since",
    "state",
    "workerId",
  ]);
  const body = await api.ask("POST", "/v1/results/retry", { body: { ids: ["x", newId(), 5] } });
  assert.deepEqual(
    (body.body.problems as { path: unknown }[]).map(({ path }) => path),
    [
      ["ids", 0],
      ["ids", 2],
    ],
  );
});
