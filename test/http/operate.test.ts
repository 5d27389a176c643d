/**
 * The operator's levers over HTTP: jobs, queues, schedules.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMayfly, defineJob, schedule } from "../../src/index.ts";
import { BOSS, TOKENS, useApi } from "../support/api.ts";
import { forgetJobs } from "../support/content.ts";
import { claim, newId, newJob, success } from "../support/samples.ts";

const api = useApi();

const outcome = async (path: string) => {
  const { status, body } = await api.ask("POST", path);
  return [status, body.outcome ?? body.code];
};

test("a waiting job is cancelled, a running one is asked to stop, a finished one is left, and of others nothing is known", async () => {
  const { store } = api.database;
  const [waiting, running, finished] = [newJob({ priority: 1 }), newJob({ priority: 2 }), newJob({ priority: 3 })];
  await store.enqueue([running, finished]);
  const held = await claim(store);
  await claim(store, { workerId: held.workerId, slots: 0, settle: [success(finished.id, held.claimId)] });
  await store.enqueue([waiting]);
  assert.deepEqual(await outcome(`/v1/jobs/${waiting.id}/cancel`), [200, "cancelled"]);
  assert.deepEqual(await outcome(`/v1/jobs/${running.id}/cancel`), [200, "requested"]);
  assert.deepEqual(await outcome(`/v1/jobs/${finished.id}/cancel`), [200, "finished"]);
  for (const id of [newId(), "x", "%27%3B--"]) assert.deepEqual(await outcome(`/v1/jobs/${id}/cancel`), [404, "not_found"]);
});

test("a finished job runs once more, once; a live one does not, and of others nothing is known", async () => {
  const { store } = api.database;
  const [finished, live] = [newJob(), newJob({ delayMs: 60_000 })];
  await store.enqueue([finished, live]);
  const held = await claim(store);
  await claim(store, { workerId: held.workerId, slots: 0, settle: [success(finished.id, held.claimId)] });
  const { body } = await api.ask("POST", `/v1/jobs/${finished.id}/retry`);
  assert.equal(body.outcome, "enqueued");
  const again = await api.ask("POST", `/v1/jobs/${finished.id}/retry`);
  assert.deepEqual(again.body, { outcome: "already", id: body.id });
  assert.deepEqual(await outcome(`/v1/jobs/${live.id}/retry`), [200, "live"]);
  for (const id of [newId(), "x"]) assert.deepEqual(await outcome(`/v1/jobs/${id}/retry`), [404, "not_found"]);
});

test("a queue is paused and resumed, by whatever name Postgres stores, and by no other", async () => {
  const paused = async () =>
    (await api.database.sql<{ name: string }>("select name from mayfly.queue where paused_at is not null")).map(({ name }) => name);
  for (const name of ["mail", "a/b", "100%", "'; drop table mayfly.queue; --", "é🪰"]) {
    const path = `/v1/queues/${encodeURIComponent(name)}`;
    assert.deepEqual((await api.ask("POST", `${path}/pause`)).body, { name, paused: true });
    assert.deepEqual(await paused(), [name]);
    assert.deepEqual((await api.ask("POST", `${path}/resume`)).body, { name, paused: false });
    assert.deepEqual(await paused(), []);
  }
  for (const name of ["%00", "q".repeat(256)]) assert.deepEqual(await outcome(`/v1/queues/${name}/pause`), [422, "invalid_options"]);
});

test("a schedule's job is enqueued now, in the name of whose token it is, and the schedule stays as it is", async () => {
  await api.ask("POST", "/v1/tick");
  const before = (await api.ask("GET", "/v1/schedules")).body;
  const { status, body } = await api.ask("POST", "/v1/schedules/nightly/run");
  assert.deepEqual([status, body.outcome], [201, "enqueued"]);
  const { body: job } = await api.ask("GET", `/v1/jobs/${body.id}`);
  assert.deepEqual([job.name, job.payload, job.createdBy], ["greet", { to: "night" }, "token boss"]);
  assert.deepEqual(await outcome("/v1/schedules/nightly/run"), [200, "blocked"]);
  assert.deepEqual((await api.ask("GET", "/v1/schedules")).body, before);
});

test("a schedule's run under an Idempotency-Key is answered as the first time, whatever the moment; for another request the key is refused", async () => {
  const headers = { "idempotency-key": "run-1" };
  const run = async () => await api.ask("POST", "/v1/schedules/nightly/run", { headers });
  const first = await run();
  await forgetJobs(api.database);
  const again = await run();
  assert.deepEqual([first.status, first.body.outcome, first.headers.get("idempotent-replayed")], [201, "enqueued", null]);
  assert.deepEqual([again.status, again.body, again.headers.get("idempotent-replayed")], [201, first.body, "true"]);
  assert.deepEqual(await api.database.sql("select id from mayfly.live"), []);
  const other = await api.ask("POST", "/v1/jobs", { headers, body: { name: "greet", payload: { to: "night" } } });
  assert.deepEqual([other.status, other.body.code], [422, "idempotency_key_reused"]);
  const wrong = await api.ask("POST", "/v1/schedules/nightly/run", { headers: { "idempotency-key": "two words" } });
  assert.deepEqual([wrong.status, wrong.body.code], [422, "invalid_options"]);
});

test("a schedule that is not this program's is not found", async () => {
  await api.database.sql("insert into mayfly.schedule (application, name, definition) values ('other', 'theirs', '{}')");
  for (const verb of ["run", "pause", "resume"]) {
    for (const name of ["theirs", "none"]) assert.deepEqual(await outcome(`/v1/schedules/${name}/${verb}`), [404, "not_found"]);
    assert.deepEqual((await outcome(`/v1/schedules/${"s".repeat(256)}/${verb}`))[0], 422);
  }
  // Known here, and not announced yet.
  assert.deepEqual(await outcome("/v1/schedules/nightly/pause"), [404, "not_found"]);
});

test("a schedule whose rule makes no payload of this moment says so, and enqueues nothing", async () => {
  const work = defineJob("work");
  const broken = schedule("broken", "@daily", work, {
    payload: () => {
      throw new Error("not today");
    },
  });
  const app = createMayfly({ jobs: [work], schedules: [broken], database: () => api.database.driver }).app();
  const response = await app.request("/v1/schedules/broken/run", { method: "POST", headers: { authorization: `Bearer ${BOSS}` } }, TOKENS);
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  assert.deepEqual([response.status, code], [422, "invalid_payload"]);
  assert.match(detail, /not today/);
  assert.deepEqual(await api.database.sql("select id from mayfly.live"), []);
});
