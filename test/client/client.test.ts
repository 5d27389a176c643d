/**
 * The client of the HTTP API, against the API itself.
 * @module
 */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createClient, isMayflyError, type MayflyClient } from "../../src/client/index.ts";
import { routeList } from "../../src/http/route-table.ts";
import { BOSS, greet, nightly, plain, SHOP, TOKENS, useApi } from "../support/api.ts";
import { newId } from "../support/samples.ts";

const api = useApi();

const sent: { readonly url: string; readonly init: RequestInit }[] = [];
beforeEach(() => void sent.splice(0));

/** A client whose requests go to the API by way of `network`. */
function clientOf(token: string, network = (answer: () => Promise<Response>) => answer()): MayflyClient {
  return createClient({
    url: "http://queue.example/",
    token,
    fetch: async (url, init) => {
      sent.push({ url, init });
      return await network(async () => await api.app.request(url, init, TOKENS));
    },
  });
}

const jobs = () => api.database.sql<{ id: string }>("select id from mayfly.job");
const keys = () => sent.map(({ init }) => new Headers(init.headers).get("idempotency-key"));

test("it enqueues by a definition, whose payload the compiler checks, and by a name", async () => {
  const client = clientOf(SHOP);
  const first = await client.enqueue(greet, { to: "a" }, { priority: 3, queue: "mail" });
  const second = await client.enqueue("greet", { to: "a" });
  assert.deepEqual([first.outcome, second.outcome, second.existingId], ["enqueued", "blocked", first.id]);
  const job = await client.get(first.id);
  assert.deepEqual([job?.name, job?.priority, job?.queue, job?.createdBy, job?.payload], ["greet", 3, "mail", "token shop", { to: "a" }]);
  // @ts-expect-error The type refuses it: the payload has a text there.
  await assert.rejects(client.enqueue(greet, { to: 5 }), { code: "invalid_payload" });
});

test("a batch goes in at once, and is answered in order", async () => {
  const results = await clientOf(SHOP).enqueueMany([
    [greet, { to: "a" }],
    ["greet", { to: "a" }],
    [plain, {}, { delay: "1h" }],
  ]);
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ["enqueued", "blocked", "enqueued"],
  );
  assert.equal(sent.length, 1);
});

test("what is no list of jobs is refused before anything is sent", async () => {
  const enqueueMany = clientOf(SHOP).enqueueMany as (jobs: unknown) => Promise<unknown>;
  for (const jobs of [undefined, "greet", {}, ["greet"], [["greet", {}], null]]) {
    await assert.rejects(enqueueMany(jobs), { code: "invalid_options", message: /a list of \[job, payload, options\]/ });
  }
  assert.equal(sent.length, 0);
});

test("dates and durations arrive as what they mean", async () => {
  const client = clientOf(SHOP);
  const [runAt, expiresAt] = ["2030-01-01T00:00:00.000Z", "2030-01-02T00:00:00.000Z"];
  const { id } = await client.enqueue(plain, {}, { delay: new Date(runAt), expiresIn: new Date(expiresAt), timeout: 5_000, within: "1h" });
  const job = await client.get(id);
  assert.deepEqual([new Date(job?.runAt ?? 0).toISOString(), new Date(job?.expiresAt ?? 0).toISOString()], [runAt, expiresAt]);
  await assert.rejects(client.enqueue(plain, {}, { delay: new Date("soon") }), { code: "invalid_options", status: 422 });
});

test("what the API refuses is the error it told, with its problems and its status", async () => {
  const error = await clientOf(SHOP)
    .enqueue("greet", { to: "", times: 0.5 })
    .catch((thrown: unknown) => thrown);
  assert.ok(isMayflyError(error, "invalid_payload"));
  assert.deepEqual(
    [error.status, error.problems.map(({ path }) => path)],
    [
      422,
      [
        ["payload", "to"],
        ["payload", "times"],
      ],
    ],
  );
  await assert.rejects(clientOf(SHOP).stats(), { code: "forbidden", status: 403 });
  await assert.rejects(clientOf("wrong").stats(), { code: "unauthorized", status: 401 });
  assert.equal(sent.length, 3, "none of them is sent again");
});

test("a reply that is lost is asked for again under the same key: one job", async () => {
  for (const lose of ["request", "reply"]) {
    sent.splice(0);
    const client = clientOf(SHOP, async (answer) => {
      const lost = sent.length <= 2;
      const told = lost && lose === "request" ? undefined : await answer();
      if (lost || !told) throw new TypeError("fetch failed");
      return told;
    });
    const before = (await jobs()).length;
    const { outcome, id } = await client.enqueue(plain, {});
    assert.deepEqual([outcome, (await jobs()).length - before, sent.length, new Set(keys()).size], ["enqueued", 1, 3, 1], lose);
    assert.equal((await client.get(id))?.id, id);
  }
});

test("each call has a key of its own, or the one that is given", async () => {
  const client = clientOf(SHOP);
  await client.enqueue(plain, {});
  await client.enqueue(plain, {});
  assert.equal(new Set(keys()).size, 2);
  const [first, second] = [
    await client.enqueue(plain, {}, { idempotencyKey: "order-1" }),
    await client.enqueue(plain, {}, { idempotencyKey: "order-1" }),
  ];
  assert.deepEqual([first, (await jobs()).length], [second, 3]);
  await assert.rejects(client.enqueue(plain, { other: true }, { idempotencyKey: "order-1" }), { code: "idempotency_key_reused" });
});

test("503 is asked again three times, then told; a schedule's run under one key, too", async () => {
  const down = { type: "about:blank", title: "", status: 503, detail: "The database cannot be reached.", code: "database_unreachable" };
  const client = clientOf(BOSS, async () => Response.json(down, { status: 503, headers: { "retry-after": "0" } }));
  await assert.rejects(client.enqueue(plain, {}), { code: "database_unreachable", message: down.detail, status: 503 });
  assert.equal(sent.length, 4);
  sent.splice(0);
  await assert.rejects(client.runSchedule("nightly"), { code: "database_unreachable" });
  assert.deepEqual([sent.length, new Set(keys()).size], [4, 1]);
});

test("no answer at all is told as such, and something else's answer as not Mayfly's", async () => {
  const nobody = createClient({ url: "http://127.0.0.1:1", token: SHOP });
  await assert.rejects(nobody.runSchedule("nightly"), { code: "no_answer", message: /127\.0\.0\.1:1 gave no answer to POST/ });
  for (const body of ["<html>", "null", "{}"]) {
    const proxy = clientOf(SHOP, async () => new Response(body, { status: 502 }));
    await assert.rejects(proxy.get(newId()), { code: "internal", status: 502, message: /not as Mayfly does/ });
  }
});

test("an abort ends it, also while it waits to ask again", async () => {
  const reason = new Error("enough");
  assert.equal(
    await clientOf(SHOP)
      .enqueue(plain, {}, { signal: AbortSignal.abort(reason) })
      .catch((thrown: unknown) => thrown),
    reason,
  );
  const stop = new AbortController();
  const client = clientOf(SHOP, async () => {
    setTimeout(() => stop.abort(reason), 20);
    throw new TypeError("fetch failed");
  });
  sent.splice(0);
  assert.equal(await client.stats({ signal: stop.signal }).catch((thrown: unknown) => thrown), reason);
  assert.equal(sent.length, 1);
});

test("its levers do what they say", async () => {
  const client = clientOf(BOSS);
  const { id } = await client.enqueue(plain, {}, { delay: "1h" });
  assert.deepEqual([await client.cancel(id), await client.cancel(newId())], ["cancelled", "unknown"]);
  assert.deepEqual([(await client.retry(id)).outcome, (await client.retry(newId())).outcome], ["enqueued", "unknown"]);
  assert.equal(await client.get(newId()), undefined);
  await client.pauseQueue("a/b%20 ?#ü");
  assert.deepEqual(await api.database.sql("select name from mayfly.queue where paused_at is not null"), [{ name: "a/b%20 ?#ü" }]);
  await client.resumeQueue("a/b%20 ?#ü");
  assert.deepEqual(await api.database.sql("select name from mayfly.queue where paused_at is not null"), []);
  await api.ask("POST", "/v1/tick");
  assert.deepEqual([await client.pauseSchedule("nightly"), await client.pauseSchedule("none")], [true, false]);
  assert.ok((await client.schedules())[0]?.pausedAt);
  assert.deepEqual([await client.resumeSchedule("nightly"), await client.resumeSchedule("none")], [true, false]);
  const run = await client.runSchedule("nightly");
  assert.deepEqual([run.outcome, (await client.get(run.id))?.payload], ["enqueued", nightly.payload]);
  await assert.rejects(client.runSchedule("none"), { code: "not_found", status: 404 });
  assert.equal((await client.stats()).workers.stale, 0);
});

test("its lists are the API's", async () => {
  const client = clientOf(BOSS);
  const { id } = await client.enqueue(plain, {});
  await client.enqueue(plain, {}, { queue: "mail" });
  await api.ask("POST", "/v1/tick");
  const page = await client.jobs({ queue: "mail", limit: 1 });
  assert.deepEqual(
    page.items.map(({ name, queue }) => [name, queue]),
    [["plain", "mail"]],
  );
  assert.deepEqual(
    (await client.results({ outcome: "successful", final: true })).items.map((result) => result.id),
    [id],
  );
  assert.equal((await client.workers({ state: "left" })).items.length, 1);
  assert.deepEqual(
    (await client.queues()).items.map(({ queue, ready }) => [queue, ready]),
    [["mail", 1]],
  );
  assert.equal((await client.overview({ range: "day" })).stepMs, 900_000);
  assert.deepEqual(
    (await client.retryMany([id, newId()])).map(({ outcome }) => outcome),
    ["enqueued", "unknown"],
  );
});

test("there is a method for every route, besides those for machines", async () => {
  const client = clientOf(BOSS, async () => Response.json({ items: [], outcome: "cancelled", paused: true }));
  const methods = Object.keys(client) as (keyof MayflyClient)[];
  for (const method of methods)
    await (client[method] as (arg: unknown, other?: unknown) => Promise<unknown>)(method === "enqueueMany" ? [] : {});
  const asked = sent.map(({ url, init }) => {
    const path = new URL(url).pathname.replaceAll(encodeURIComponent("[object Object]"), "*");
    return `${init.method} ${path}`;
  });
  const machines = ["GET /healthz", "GET /openapi.json", "GET /metrics", "POST /v1/tick", "GET /v1/tick", "POST /v1/ledger"];
  assert.deepEqual(
    [...new Set(asked)].sort(),
    routeList
      .filter(({ key }) => !machines.includes(key))
      .map(({ key }) => key.replace(/:\w+/, "*"))
      .sort(),
  );
});
