/**
 * What pages show of what the database holds.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pool } from "pg";
import type { Driver } from "../../src/index.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import { injectFaults } from "../../src/testing/fault-driver.ts";
import { openDatabase, testServer, useDatabase } from "../support/database.ts";
import { writeFinished } from "../support/finished.ts";
import { freePort } from "../support/free-port.ts";
import { newId } from "../support/samples.ts";
import { announce, endAll, endOne, hold, openDashboard, waiting } from "./support.ts";

const database = useDatabase();

/** The names of the jobs that a list shows. */
function namesIn(html: string): string[] {
  return [...html.matchAll(/<a class="job"[^>]*><span class="name">([^<]*)/g)].map(([, name]) => name ?? "").sort();
}

test("properties that are to be hidden are, at any depth and in any case, in payload and output", async () => {
  const payload = { password: "s3cret", list: [{ PassWord: { inner: "s3cret" } }], kept: "seen" };
  const id = await endOne(database, { payload }, { outcome: "successful", output: { TOKEN: "s3cret", fine: "seen too" } });
  const browser = openDashboard(database, { redact: ["Password", "token"] });
  await browser.signIn();
  const { text } = await browser.get(`/jobs/${id}`);
  assert.ok(!text.includes("s3cret"));
  assert.equal(text.split("•••").length - 1, 3);
  assert.ok(text.includes("seen too"));
});

test("a payload is shown up to a bound", async () => {
  const id = await waiting(database, { payload: { long: "x".repeat(60_000) } });
  const browser = openDashboard(database);
  await browser.signIn();
  const { text } = await browser.get(`/jobs/${id}`);
  assert.ok(text.length < 40_000);
  assert.match(text, /The beginning of 60,0\d\d bytes/);
});

test("each status of the chart is told in words, in a title and in a table, of the queue and the range that were asked for", async () => {
  const { ids, claimId, settle } = await hold(
    database,
    Array.from({ length: 4 }, () => ({ queue: "mail" })),
  );
  const error = { name: "Error", message: "no" };
  await settle(
    ...ids.map((id, index) => ({
      ...{ id, claimId, retryInMs: null, countsAsAttempt: true },
      ...(index === 0 ? { outcome: "errored" as const, error } : { outcome: "successful" as const }),
    })),
  );
  await endAll(database, [{}, {}]);
  const browser = openDashboard(database);
  await browser.signIn();
  const { text } = await browser.get("/?range=day&queue=mail");
  assert.match(text, /<title>\d{4}-\d\d-\d\d \d\d:\d[05]:00 UTC, 15 min: 3 successful, 1 errored<\/title>/);
  assert.match(text, /<th scope="row">\d{4}-\d\d-\d\d \d\d:\d[05]:00 UTC<\/th><td class="numeric">3<\/td>/);
  assert.match((await browser.get("/")).text, /1 min: 3 successful, 3 errored<\/title>/);
});

test("filters narrow the list to what they say, malformed ones are left out, and times are UTC", async () => {
  const at = (id: string, time: string) => database.sql("update mayfly.result set finished_at = $2 where id = $1", [id, time]);
  const early = await endOne(database, { name: "early" });
  await endOne(database, { name: "queued", queue: "mail" });
  await endOne(database, { name: "keyed", key: "c" });
  await endOne(database, { name: "owned", createdBy: "shop" });
  await endOne(database, { name: "lost" }, { outcome: "lost" });
  await endOne(database, { name: "again", retries: 1 }, { retryInMs: 600_000 });
  const { ids, claimId, settle, workerId } = await hold(database, [{ name: "worked" }]);
  await settle({ id: ids[0] ?? "", claimId, outcome: "successful", retryInMs: null, countsAsAttempt: true });
  const all = ["again", "early", "keyed", "lost", "owned", "queued", "worked"];
  const browser = openDashboard(database);
  await browser.signIn();
  const shown = async (query: string) => namesIn((await browser.get(`/results?${query}`)).text);

  assert.deepEqual(await shown(""), all);
  for (const [query, found] of [
    ["name=early", ["early"]],
    ["queue=mail", ["queued"]],
    ["key=c", ["keyed"]],
    ["by=shop", ["owned"]],
    ["outcome=lost", ["lost"]],
    ["outcome=successful", ["worked"]],
    [`worker=${workerId}`, ["worked"]],
    ["final=yes", all.filter((name) => name !== "again")],
    ["outcome=errored&final=yes&queue=mail", ["queued"]],
    ["outcome=errored&key=c&by=shop", []],
  ] as const)
    assert.deepEqual(await shown(query), [...found], query);
  for (const query of ["worker=1%27--", "since=yesterday", "outcome=odd", "queue=", "name=%00", "final=no"])
    assert.deepEqual(await shown(query), all, query);

  await at(early, "2026-01-01T22:00:00Z");
  const day = (since: string, until: string) => shown(`since=${encodeURIComponent(since)}&until=${encodeURIComponent(until)}`);
  assert.deepEqual(await day("2026-01-01T22:00", "2026-01-01T22:01"), ["early"]);
  assert.deepEqual(await day("2026-01-01T22:01", "2026-01-02T00:00"), []);
  assert.deepEqual(await day("2026-01-02T00:00:00+02:00", "2026-01-02T00:00:01+02:00"), ["early"]);
  assert.deepEqual(await day("2026-01-01T21:00", "2026-01-01T22:00"), []);

  await waiting(database, { name: "waits", key: "c" });
  await waiting(database, { name: "later", key: "c", limit: 9, delayMs: 60_000 });
  const requests = async (query: string) => namesIn((await browser.get(`/waiting?${query}`)).text);
  assert.deepEqual(await requests("key=c"), ["later", "waits"]);
  assert.deepEqual(await requests("state=scheduled&key=c"), ["later"]);
  assert.deepEqual(await requests("state=parked&key=c"), []);
});

test("lists go on, page by page, to their end", async () => {
  await endAll(
    database,
    Array.from({ length: 120 }, (_, nth) => ({ name: `n${nth}` })),
  );
  const browser = openDashboard(database);
  await browser.signIn();
  const seen: string[] = [];
  let path: string | undefined = "/results?outcome=errored";
  for (let pages = 0; path !== undefined && pages < 9; pages++) {
    const { text }: { text: string } = await browser.get(path);
    seen.push(...namesIn(text));
    path = /href="([^"]+)">Older/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }
  assert.equal(path, undefined);
  assert.deepEqual([seen.length, new Set(seen).size], [120, 120]);
});

test("a page that was cut short says how far it has read, and leads on with the same filters", async () => {
  const finishedDaysAgo = (2 + 1 / 60) / 24;
  await writeFinished(
    database.sql,
    Array.from({ length: 20_001 }, () => ({ name: "sample", finishedDaysAgo })),
  );
  const browser = openDashboard(database);
  await browser.signIn();
  const { text } = await browser.get("/results?name=none&final=yes");
  assert.match(text, /Read back to <time [^>]*title="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC">2 h ago<\/time>/);
  const [, further = ""] = /href="(\/results\?name=none&amp;final=yes&amp;cursor=[\w-]+)">Read on/.exec(text) ?? [];
  assert.match((await browser.get(further.replaceAll("&amp;", "&"))).text, /No attempt has finished like this.*Back to the first/s);
});

test("the search box leads to a job by its id, else to results by key", async () => {
  const browser = openDashboard(database, { base: "/mayfly" });
  await browser.signIn();
  const id = newId();
  const to = async (text: string) => (await browser.get(`/search?q=${encodeURIComponent(text)}`)).headers.get("location");
  assert.deepEqual(
    [await to(` ${id.toUpperCase()} `), await to("user&1"), await to("")],
    [`/mayfly/jobs/${id}`, "/mayfly/results?key=user%261", "/mayfly"],
  );
});

test("a queue is told by its depths, and a count that stopped says so", async () => {
  await hold(database, [{ queue: "q" }, { queue: "q" }, { queue: "q" }]);
  await waiting(database, { queue: "q", name: "sample" });
  await waiting(database, { queue: "q", delayMs: 60_000 });
  await database.sql("update mayfly.ready set ready_at = now() - interval '91 seconds'");
  await database.sql(`insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at)
    select gen_random_uuid(), partition, queue, name, priority, retries, now() from mayfly.ready, generate_series(1, 10000) where name = 'sample'`);
  const browser = openDashboard(database);
  await browser.signIn();
  const { text } = await browser.get("/queues");
  assert.match(text, />10,000\+<.*>1 min 3\d s<.*>3<.*>1</s);
});

test("errors have pages that tell what to do, and nothing of the inside", async () => {
  const { server } = await testServer(18);
  const unmigrated = openDatabase(await server.createDatabase());
  const pool = new Pool({ connectionString: `postgres://secret-user:secret-word@127.0.0.1:${await freePort()}/secret-name` });
  const cases: readonly (readonly [Driver, string, number, RegExp])[] = [
    [pg(pool), "/queues", 503, /cannot be reached/],
    [injectFaults(database.driver, () => ({ kind: "drop-reply" })), "/queues", 503, /gave no answer/],
    [unmigrated.driver, "/queues", 503, /npx mayfly migrate/],
    [database.driver, "/results?cursor=bm9uZQ", 400, /Start again from the list/],
    [database.driver, "/results?since=%2B020000-01-01T00:00Z", 400, /Start again from the list/],
  ];
  const signed = openDashboard(database);
  await signed.signIn();
  await Promise.all(
    cases.map(async ([driver, path, status, said]) => {
      const browser = openDashboard({ driver });
      browser.cookies.set("mayfly_session", signed.cookies.get("mayfly_session") ?? "");
      const answer = await browser.get(path);
      assert.equal(answer.status, status, path);
      assert.match(answer.text, said);
      assert.ok(!/secret-|mayfly\.\w|bm9uZQ is/.test(answer.text));
      // Whether somebody has signed out is asked of the database, too.
      assert.equal(answer.text.includes('<nav class="tabs"'), driver === database.driver, path);
      assert.equal(browser.lines.length, status >= 500 ? 1 : 0);
    }),
  );
  await Promise.all([pool.end(), unmigrated.close()]).then(server.stop);
});

test("what the database refuses is a page too, and the log has what it said", async () => {
  await database.sql("alter table mayfly.queue add constraint odd check (name <> 'mail')");
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  try {
    const { status, text } = await browser.post("/queues/pause", { csrf, queue: "mail" });
    assert.equal(status, 500);
    assert.match(text, /log of the server.*<\/main>/s);
    assert.ok(!/SQLSTATE|violates|odd/.test(text));
    assert.match(String(browser.lines[0]?.fields?.error), /SQLSTATE/);
  } finally {
    await database.sql("alter table mayfly.queue drop constraint odd");
  }
});

test("what is not there has a page of its own", async () => {
  const browser = openDashboard(database);
  await browser.signIn();
  for (const path of ["/nowhere", `/jobs/${newId()}`, "/jobs/no-id"]) assert.equal((await browser.get(path)).status, 404, path);
});

test("a page that refreshes itself leaves the message to the one that a person opens", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  await browser.post("/queues/pause", { csrf, queue: "mail" });
  assert.ok(!(await browser.get("/queues", { "x-mayfly-refresh": "yes" })).text.includes("mail is paused"));
  assert.ok((await browser.get("/queues")).text.includes("mail is paused"));
});

test("schedules show what was announced, of this program and of others, and what the next tick will", async () => {
  const definition = { when: "0 3 * * *", timezone: "Europe/Berlin", job: "report" };
  await announce(database, "shop", { name: "nightly", nextAt: "2999-01-01T00:00:00Z", definition });
  const browser = openDashboard(database);
  await browser.signIn();
  const { text } = await browser.get("/schedules");
  for (const shown of [/nightly<\/b>.* of shop/s, /0 3 \* \* \*/, /Europe\/Berlin/, /2999-01-01 00:00:00 UTC/]) assert.match(text, shown);
});
