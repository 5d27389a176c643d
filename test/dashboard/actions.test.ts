/**
 * What actions do in the database, and that they tell what became of them.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineJob, schedule } from "../../src/index.ts";
import * as statements from "../../src/postgres/sql/statements.ts";
import { contentOf } from "../support/content.ts";
import { useDatabase } from "../support/database.ts";

import { newId } from "../support/samples.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { type Answer, announce, type Browser, endAll, endOne, HERE, hold, meanwhile, openDashboard, plain, waiting } from "./support.ts";

const database = useDatabase();

/** Goes where an action leads; what it had to say is there, once. */
async function follow(browser: Browser, { status, headers, text }: Answer): Promise<string> {
  assert.equal(status, 303, text);
  const to = headers.get("location") ?? "";
  const page = await browser.get(to);
  const said = /<div class="notice \w+" role="\w+"><p>(.*?)<\/p>/.exec(page.text)?.[1] ?? "";
  assert.ok(!(await browser.get(to)).text.includes('class="notice'), "a message is shown once");
  return `${to}: ${plain(said)}`;
}

const stateOf = async (id: string) => (await database.store.job(id))?.state;

test("a cancel asks once, in the page itself, and says what became of the job", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const cancel = async (id: string, moment: string) => await follow(browser, await browser.post(`/jobs/${id}/cancel`, { csrf, moment }));

  const waits = await waiting(database);
  assert.match((await browser.get(`/jobs/${waits}`)).text, /<summary>Cancel…<\/summary>.*name="moment" value="ready 0".*Cancel this job/s);
  assert.equal(await cancel(waits, "ready 0"), `/jobs/${waits}: The job is cancelled.`);
  assert.equal(await stateOf(waits), "cancelled");

  const { ids } = await hold(database, [{}]);
  const [runs = ""] = ids;
  assert.match(await cancel(runs, "running 1"), /told to stop/);
  assert.ok((await database.store.job(runs))?.cancelRequestedAt);
  assert.match((await browser.get(`/jobs/${runs}`)).text, />Stopping</);

  assert.match(await cancel(newId(), "ready 0"), /^\/waiting: There is no such job any more/);
});

test("a job that ends, or goes, while it is being cancelled is told of as it is", async () => {
  const { ids, claimId, settle } = await hold(database, [{}, {}]);
  const [ends = "", goes = ""] = ids;
  const happen = async () => {
    await settle({ id: ends, claimId, outcome: "successful", retryInMs: null, countsAsAttempt: true });
    for (const table of ["running", "job"]) await database.sql(`delete from mayfly.${table} where id = $1`, [goes]);
  };
  const happened = Promise.withResolvers<void>();
  let asked = 0;
  // Each has read its job, which runs, before anything happens to either.
  const driver = meanwhile(database.driver, statements.cancel, () => {
    if (++asked === ids.length) happened.resolve(happen());
    return happened.promise;
  });
  const browser = openDashboard({ driver });
  const csrf = await browser.signIn();
  const answers = await Promise.all(ids.map((id) => browser.post(`/jobs/${id}/cancel`, { csrf, moment: "running 1" })));
  const told = answers.map(({ headers }) => decodeURIComponent(headers.get("set-cookie") ?? ""));
  assert.match(told[0] ?? "", /had ended before it could be cancelled.*Nothing was done/);
  assert.match(told[1] ?? "", /no such job any more/);
  assert.equal(await stateOf(ends), "successful");
});

test("a job that has moved on since the page showed it is not cancelled", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const { ids } = await hold(database, [{}]);
  const [id = ""] = ids;
  const before = await contentOf(database);
  const told = await follow(browser, await browser.post(`/jobs/${id}/cancel`, { csrf, moment: "ready 0" }));
  assert.match(told, /moved on since you looked: it is running now\. Nothing was done/);
  assert.deepEqual(await contentOf(database), before);
});

test("several are cancelled after they were counted, and the late ones are told apart", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const { ids: running } = await hold(database, [{}]);
  const [waits, ended] = [await waiting(database), await endOne(database)];
  const id = [waits, ...running, ended].join(" ");
  const before = await contentOf(database);
  const ask = await browser.post("/cancel", { csrf, id, back: "/waiting?queue=q" });
  assert.match(ask.text, /Cancel 3 jobs\?/);
  assert.deepEqual(await contentOf(database), before);
  const told = await follow(browser, await browser.post("/cancel", { csrf, id, back: "/waiting?queue=q", sure: "yes" }));
  assert.equal(told, "/waiting?queue=q: 1 job cancelled. 1 job had started and will stop. 1 job had moved on and ended before.");
  assert.equal(await stateOf(waits), "cancelled");
  assert.match(await follow(browser, await browser.post("/cancel", { csrf, id: "no-id", sure: "yes" })), /No job was selected/);
});

test("checkboxes count one by one, however many there are", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const [one, two] = [await waiting(database), await waiting(database)];
  const body = new URLSearchParams([
    ["csrf", csrf],
    ["id", one],
    ["id", two],
    ["id", one],
    ["sure", "yes"],
  ]);
  assert.match(await follow(browser, await browser.send("/cancel", { method: "POST", body, headers: HERE })), /: 2 jobs cancelled\.$/);
  assert.deepEqual([await stateOf(one), await stateOf(two)], ["cancelled", "cancelled"]);
});

test("one retry: each outcome in words, with the job that came of it", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const retry = async (id: string) => await follow(browser, await browser.post(`/jobs/${id}/retry`, { csrf }));

  const failed = await endOne(database);
  assert.match(await retry(failed), /runs once more, as a new one.*Show the job/);
  const again = (await database.store.job(failed))?.retriedAs ?? "";
  assert.equal(await stateOf(again), "ready");
  assert.match(await retry(failed), /retried before/);

  const keyed = await endOne(database, { key: "k" });
  await waiting(database, { key: "k" });
  assert.match(await retry(keyed), /another live job holds its key/);
  assert.match(await retry(again), /has not finished/);
  assert.match(await retry(newId()), /no such job/);
  assert.match(await retry("no-id"), /^\/results: .*no such job/);
  assert.equal((await database.sql("select from mayfly.live")).length, 2);
});

test("all that match are counted first, and then exactly those are retried", async () => {
  const clock = virtualClock(Date.now() + 60_000);
  const browser = openDashboard(database, { clock });
  const csrf = await browser.signIn();
  const keyed = ["a", "b"].map((key) => ({ key }));
  const ids = await endAll(database, [...Array.from({ length: 1_148 }, () => ({})), ...keyed]);
  // What does not match: another outcome, another queue, what follows, and what finishes from now on.
  await endOne(database, {}, { outcome: "successful" });
  await endOne(database, { queue: "other" });
  await endOne(database, { retries: 1 }, { retryInMs: 600_000 });
  await database.store.retry(ids[0] ?? "", newId());
  const later = await endOne(database);
  await database.sql("update mayfly.result set finished_at = now() + interval '1 hour' where id = $1", [later]);

  const { text } = await browser.get("/results/retry?outcome=errored&queue=default");
  assert.match(text, /Retry 1,000 jobs\?.*There are more/s);
  const [, shown = ""] = /name="id" value="([^"]+)"/.exec(text) ?? [];
  const latest = ids.slice(-1_000);
  assert.deepEqual(shown.split(" ").sort(), latest.toSorted());

  for (const id of latest.slice(0, 2)) await database.store.retry(id, newId());
  for (const job of keyed) await waiting(database, job);
  const told = await follow(browser, await browser.post("/results/retry", { csrf, id: shown, back: "/results?outcome=errored" }));
  assert.match(told, /996 jobs went in\. 2 jobs had been retried before\. 2 jobs did not go in: another live job holds the key/);
  const made = await database.sql<{ retry_of: string }>("select retry_of from mayfly.job where retry_of is not null");
  assert.deepEqual(made.map((job) => job.retry_of).sort(), [ids[0], ...latest.slice(0, 998)].sort());
});

test("queues and schedules are paused and resumed; a schedule that is gone is told of", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const definition = { when: "0 3 * * *", timezone: null, job: "report" };
  await announce(database, "shop", { name: "nightly", nextAt: null, definition });
  const act = async (path: string, form: Record<string, string>) => await follow(browser, await browser.post(path, { csrf, ...form }));
  const paused = async () =>
    await database.sql(
      "select name from mayfly.queue where paused_at is not null union all select name from mayfly.schedule where paused_at is not null",
    );
  const nightly = { application: "shop", name: "nightly" };

  assert.match(await act("/queues/pause", { queue: "mail" }), /mail is paused/);
  assert.deepEqual(await paused(), [{ name: "mail" }]);
  assert.match(await act("/queues/resume", { queue: "mail" }), /mail is open again/);
  assert.deepEqual(await paused(), []);
  assert.match(await act("/schedules/pause", nightly), /nightly is paused/);
  assert.deepEqual(await paused(), [{ name: "nightly" }]);
  assert.match(await act("/schedules/resume", nightly), /nightly is on again/);
  assert.deepEqual(await paused(), []);
  await announce(database, "shop", { name: "other", nextAt: null, definition });
  for (const path of ["/schedules/pause", "/schedules/resume"]) assert.match(await act(path, nightly), /gone.*Nothing was done/);
  assert.match(await act("/queues/pause", { queue: "\0" }), /no queue/);
  assert.deepEqual(await paused(), []);
});

test("a schedule runs now, on behalf of whoever asked", async () => {
  const report = defineJob("report");
  const browser = openDashboard(database, { jobs: [report], schedules: [schedule("nightly", "0 3 * * *", report)] });
  const csrf = await browser.signIn();
  assert.match(await follow(browser, await browser.post("/schedules/run", { csrf, name: "nightly" })), /The job of nightly is enqueued/);
  const jobs = () => database.sql("select j.name, l.state, j.created_by from mayfly.job j join mayfly.live l using (id)");
  assert.deepEqual(await jobs(), [{ name: "report", state: "ready", created_by: "ada" }]);
  assert.match(await follow(browser, await browser.post("/schedules/run", { csrf, name: "other" })), /does not know that schedule/);
  assert.equal((await jobs()).length, 1);
});
