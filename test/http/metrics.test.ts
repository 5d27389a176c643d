/**
 * `GET /metrics`, read as a scraper does.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import parsePrometheus from "parse-prometheus-text-format";
import { SHOP, useApi } from "../support/api.ts";
import { claim, failure, newId, newJob, newTurn, success } from "../support/samples.ts";

const api = useApi();

async function scrape() {
  const { status, headers, text } = await api.ask("GET", "/metrics", { parse: false });
  assert.deepEqual([status, headers.get("content-type")], [200, "text/plain; version=0.0.4; charset=utf-8"]);
  const families = new Map(parsePrometheus(text).map((family) => [family.name, family]));
  const value = (name: string, labels: Record<string, string> = {}) => {
    const wanted = JSON.stringify(labels);
    const found = families.get(name)?.metrics.find((metric) => JSON.stringify(metric.labels ?? {}) === wanted);
    return found === undefined ? undefined : Number(found.value);
  };
  return { families, value };
}

test("an empty queue tells zeros, for every queue that a job is defined for", async () => {
  const { families, value } = await scrape();
  const queue = { messaging_destination_name: "default" };
  for (const name of ["mayfly_queue_depth", "mayfly_queue_scheduled", "mayfly_queue_oldest_age_seconds", "mayfly_running"]) {
    assert.equal(value(name, queue), 0, name);
    assert.equal(families.get(name)?.type, "GAUGE");
    assert.ok(families.get(name)?.help);
  }
  assert.deepEqual(
    [value("mayfly_workers", { mayfly_worker_state: "alive" }), value("mayfly_workers", { mayfly_worker_state: "stale" })],
    [0, 0],
  );
  assert.equal(families.get("mayfly_attempts_total")?.metrics.length, 0);
});

test("depth, age, what runs, what is for later, workers, what has ended and what was asked of the database", async () => {
  const { database } = api;
  const strange = 'a "b"\\c\nd';
  await database.store.enqueue([newJob(), newJob({ queue: strange }), newJob({ delayMs: 60_000 }), newJob(), newJob()]);
  await database.sql("update mayfly.ready set ready_at = now() - interval '90 seconds' where queue <> 'default'");
  const { jobs, claimId, workerId } = await claim(database.store, { slots: 2 });
  const [first, second] = jobs;
  await database.store.turn(
    newTurn({ workerId, slots: 0, settle: [success(first?.id ?? "", claimId), failure(second?.id ?? "", claimId)] }),
  );
  await claim(database.store, { slots: 1 });
  await database.sql("insert into mayfly.worker (id, heartbeat_at) values ($1, now() - interval '2 minutes')", [newId()]);
  await api.mayfly.operator(undefined).pauseQueue("default");
  const { families, value } = await scrape();
  const [queue, other] = [{ messaging_destination_name: "default" }, { messaging_destination_name: strange }];
  assert.deepEqual(
    [
      value("mayfly_queue_depth", queue),
      value("mayfly_queue_depth", other),
      value("mayfly_running", queue),
      value("mayfly_queue_scheduled", queue),
    ],
    [0, 1, 1, 1],
  );
  assert.ok(Math.abs((value("mayfly_queue_oldest_age_seconds", other) ?? 0) - 90) < 30);
  assert.deepEqual([value("mayfly_queue_paused", queue), value("mayfly_queue_paused", other)], [1, 0]);
  assert.equal(value("mayfly_workers", { mayfly_worker_state: "stale" }), 1);
  assert.equal(families.get("mayfly_attempts_total")?.type, "COUNTER");
  for (const outcome of ["successful", "errored"])
    assert.equal(value("mayfly_attempts_total", { ...queue, mayfly_outcome: outcome }), 1, outcome);
  for (const name of ["round_trips", "jobs", "bytes", "database_seconds", "awake_seconds"])
    assert.ok((value(`mayfly_usage_day_${name}`) ?? -1) >= 0, name);
});

test("a producer's token does not open it", async () => {
  assert.equal((await api.ask("GET", "/metrics", { token: SHOP })).status, 403);
});
