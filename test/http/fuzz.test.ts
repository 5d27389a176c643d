/**
 * 10,000 requests that nobody should send: each gets a proper answer that tells nothing of the inside, and changes what it says it changed.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { isUuid } from "../../src/base/ids.ts";
import { routes } from "../../src/http/route-table.ts";
import { enqueueBody } from "../../src/http/schemas/enqueue.ts";
import { problem } from "../../src/http/schemas/problem.ts";
import { TOKENS, useApi } from "../support/api.ts";
import { type HostileRequest, hostileRequest } from "../support/hostile-requests.ts";
import { FUZZ, FUZZ_SEED, INSIDE } from "../support/hostile-texts.ts";
import { seeded } from "../support/random.ts";

const CASES = 10_000 * FUZZ;
const SEED = 20_260_101 + FUZZ_SEED;
/** The rows are counted after so many. */
const ROUND = 100;

const api = useApi();

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Routes that were asked by somebody who may, and that did what they were asked for. */
const done = new Set<string>();

/** What the answers say there should be. */
const told = { jobs: 0, requests: 0, paused: new Set<string>() };
const ids: string[] = [];

async function send({ method, path, headers, body }: HostileRequest): Promise<Answer> {
  const response = await api.app.request(path, { method, headers, ...(body === undefined ? {} : { body }) }, TOKENS);
  const text = await response.text();
  assert.doesNotMatch(text, /secret-\d/);
  // Jobs say where in the program they come from; problems say nothing of the kind.
  if (response.status >= 400) assert.doesNotMatch(text, INSIDE);
  const scraped = path.startsWith("/metrics") && response.status === 200;
  assert.match(response.headers.get("content-type") ?? "", scraped ? /^text\/plain; version=/ : /^application\/(problem\+)?json$/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  return { status: response.status, headers: response.headers, body: scraped ? text : JSON.parse(text) };
}

/** Checks one answer, and notes what it says was done. */
function note({ route, path, headers: sent, body: asked }: HostileRequest, { status, headers, body }: Answer): void {
  assert.ok((status >= 200 && status < 300) || (status >= 400 && status < 500), `${status}`);
  if (status >= 400) {
    assert.ok(v.is(problem, body));
    return;
  }
  assert.ok(route, "only what is in the table is done");
  done.add(route);
  assert.ok(v.is(routes[route].answer, body), `${JSON.stringify(body).slice(0, 500)} is what ${route} says it answers`);
  if (headers.get("idempotent-replayed") === null) {
    for (const { id, outcome } of outcomesIn(body)) {
      if (outcome !== "enqueued" || !isUuid(id)) continue;
      told.jobs++;
      ids.push(id);
    }
    if ("headers" in routes[route] && sent["idempotency-key"] !== undefined) told.requests++;
  }
  if (route === "POST /v1/jobs") assert.ok(v.is(enqueueBody, JSON.parse(asked ?? "")), "what is taken is described");
  const [, queue, verb] = /^\/v1\/queues\/([^/]*)\/(pause|resume)/.exec(path) ?? [];
  if (queue !== undefined) told.paused[verb === "pause" ? "add" : "delete"]((body as { name: string }).name);
}

async function describe(): Promise<{ paths: Record<string, object> }> {
  return (await (await api.app.request("/openapi.json", {}, TOKENS)).json()) as { paths: Record<string, object> };
}

function outcomesIn(body: unknown): { id: string; outcome: string }[] {
  const { jobs, items } = body as { jobs?: []; items?: [] };
  return jobs ?? items ?? [body as { id: string; outcome: string }];
}

async function count(): Promise<typeof told> {
  const [found] = await api.database.sql<{ jobs: number; requests: number; paused: string[] }>(`
    select
      (select count(*) from mayfly.job)::int as jobs,
      (select count(*) from mayfly.idempotency_key)::int as requests,
      array(select name from mayfly.queue where paused_at is not null) as paused`);
  assert.ok(found);
  return { ...found, paused: new Set(found.paused) };
}

test(`${CASES} requests out of seed ${SEED}`, async (t) => {
  const random = seeded(SEED);
  const statuses: Record<number, number> = {};
  let recent: string[] = [];
  for (let nth = 0; nth < CASES; nth++) {
    const request = hostileRequest(random, ids);
    const shown = `${nth}: ${request.method} ${request.path} ${JSON.stringify(request.headers)} ${request.body?.slice(0, 300)}`;
    recent.push(shown);
    try {
      const answer = await send(request);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      note(request, answer);
    } catch (error) {
      const inside = api.logger.lines.map(({ fields }) => String((fields?.error as Error | undefined)?.stack)).join("\n");
      throw new Error(`${shown}\n${inside}`, { cause: error });
    }
    if (nth % ROUND === ROUND - 1) {
      assert.deepEqual(await count(), told, recent.join("\n"));
      recent = [];
    }
  }
  t.diagnostic(JSON.stringify(statuses));
  assert.doesNotMatch(JSON.stringify(api.logger.lines), /request failed|secret-\d/);
  const { paths } = await describe();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
  );
  // An app without a ledger has none to be asked.
  const possible = described.filter((route) => route !== "POST /v1/ledger");
  assert.deepEqual([...done].sort(), possible.sort(), "every route of the OpenAPI document has done something");
  for (const status of [200, 201, 400, 401, 403, 404, 405, 413, 422, 429]) assert.ok((statuses[status] ?? 0) > 10, `${status} came up`);
});
