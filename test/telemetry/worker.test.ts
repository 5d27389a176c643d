/**
 * What a worker itself leaves: nothing where it had nothing to do.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { defineJob } from "../../src/job/job-definition.ts";
import { schedule } from "../../src/schedule/schedule.ts";
import { observeQueue } from "../../src/telemetry/observe-queue.ts";
import { observeWorker } from "../../src/telemetry/observe-worker.ts";
import { useQueue } from "../support/queue.ts";
import { claim, newJob } from "../support/samples.ts";
import { idsOf, type Point, useSdk } from "../support/sdk.ts";
import { recordingLogger } from "../support/worker.ts";

const sdk = useSdk();
const queue = useQueue();
const work = defineJob("work", { queue: "q" });
const handlers = [work.handle<undefined>(() => {})];

test("an idle queue exports nothing, tick after tick", async () => {
  const { tick } = queue.open({ jobs: [work], schedules: [schedule("yearly", "0 0 1 1 *", work)] });
  for (let n = 0; n < 3; n++) await tick(handlers);
  assert.deepEqual(sdk.spans(), []);
  assert.deepEqual(await sdk.metrics(), new Map());
});

test("a tick that ran something is one span, its turns inside of it", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {});
  await tick(handlers);
  const [whole, turns] = [sdk.span("tick"), sdk.spans("turn")];
  assert.deepEqual(
    turns.map(({ kind, parentSpanContext, attributes }) => [
      kind,
      parentSpanContext?.spanId === whole.spanContext().spanId,
      attributes["mayfly.turn.claimed"],
      attributes["mayfly.turn.settled"],
    ]),
    [
      [SpanKind.CLIENT, true, 1, 0],
      [SpanKind.CLIENT, true, 0, 1],
    ],
  );
  assert.deepEqual(
    [whole.attributes["mayfly.tick.claimed"], whole.attributes["mayfly.tick.turns"], whole.status.code],
    [1, 2, SpanStatusCode.UNSET],
  );
  assert.ok(whole.attributes["mayfly.worker.id"]);
});

test("jobs that expired, and jobs set aside, are told of; neither was an attempt", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {}, { delay: "1h", expiresIn: "1h" });
  await queue.database.sql("update mayfly.scheduled set expires_at = now() - interval '1 second'");
  await queue.database.store.enqueue([newJob({ name: "unknown", queue: "q" })]);
  await sdk.metrics();
  await tick(handlers);
  assert.deepEqual([sdk.spans("rescue"), sdk.span("maintain").attributes["mayfly.maintain.expired"]], [[], 1]);
  assert.equal(sdk.span("tick").attributes["mayfly.tick.expired"], 1);
  assert.equal(sdk.spans("turn")[0]?.attributes["mayfly.turn.set_aside"], 1);
  assert.equal((await sdk.metrics()).get("messaging.client.consumed.messages"), undefined);
});

test("a duty of housekeeping that fails is named in its span", async () => {
  const { tick } = queue.open({ jobs: [work] });
  await queue.database.sql("update mayfly.duty set due_at = '-infinity'");
  await queue.database.sql("alter table mayfly.idempotency_key rename to away");
  await tick(handlers);
  await queue.database.sql("alter table mayfly.away rename to idempotency_key");
  assert.deepEqual(sdk.span("maintain").attributes["mayfly.maintain.failed"], ["forget"]);
});

test("a schedule that fires is a span that its jobs link to, and they count as sent", async () => {
  const { tick } = queue.open({ jobs: [work], schedules: [schedule("daily", "0 9 * * *", work)] });
  await tick(handlers);
  await queue.database.sql("update mayfly.schedule set next_at = date_trunc('minute', now()) - interval '1 minute'");
  await tick(handlers);
  const [fired, ran] = [sdk.span("schedule"), sdk.span("process q")];
  assert.deepEqual(
    [fired.kind, fired.attributes["mayfly.schedule.names"], fired.attributes["mayfly.schedule.enqueued"]],
    [SpanKind.PRODUCER, ["daily"], 1],
  );
  assert.equal(fired.parentSpanContext?.spanId, sdk.span("tick").spanContext().spanId);
  assert.deepEqual(
    ran.links.map(({ context }) => idsOf(context)),
    [idsOf(fired.spanContext())],
  );
  const found = await sdk.metrics();
  assert.deepEqual(
    found.get("messaging.client.sent.messages")?.map(({ attributes, value }) => [attributes["messaging.destination.name"], value]),
    [["q", 1]],
  );
});

test("a job whose count grew while its schedule fired counts as sent and links to it, as the others do", async () => {
  let rivals = 1;
  const ruled = defineJob("ruled", {
    queue: "q",
    shouldEnqueue: async () => {
      if (rivals-- > 0)
        await queue.database.sql(`select e.id from mayfly.enqueue_v1('[{"name": "ruled", "queue": "other", "limit": 99}]') as e`);
      return true;
    },
  });
  const { tick } = queue.open({
    jobs: [ruled, work],
    schedules: [schedule("ruled", "0 9 * * *", ruled), schedule("work", "0 9 * * *", work)],
  });
  const both = [ruled.handle<undefined>(() => {}), ...handlers];
  await tick(both);
  await queue.database.sql("update mayfly.schedule set next_at = date_trunc('minute', now()) - interval '1 minute'");
  await tick(both);
  const fired = sdk.span("schedule");
  assert.equal(fired.attributes["mayfly.schedule.enqueued"], 1, "the other one was overtaken");
  const ran = sdk.spans("process q");
  assert.deepEqual(
    ran.map(({ attributes, links }) => [attributes["mayfly.job.name"], ...links.map(({ context }) => idsOf(context))]).sort(),
    [
      ["ruled", idsOf(fired.spanContext())],
      ["work", idsOf(fired.spanContext())],
    ],
  );
  const points = (await sdk.metrics()).get("messaging.client.sent.messages") ?? [];
  assert.deepEqual(points.map(({ attributes, value }) => [attributes["mayfly.job.name"], value]).sort(), [
    ["ruled", 1],
    ["work", 1],
  ]);
});

test("schedules that cannot be fired are an error, and their jobs count as not sent", async () => {
  const { tick } = queue.open({ jobs: [work], schedules: [schedule("daily", "0 9 * * *", work)] });
  await tick(handlers);
  await queue.database.sql("update mayfly.schedule set next_at = date_trunc('minute', now()) - interval '1 minute'");
  await queue.database.sql("alter function mayfly.fire_v1 rename to fire_v0");
  try {
    await assert.rejects(tick(handlers));
  } finally {
    await queue.database.sql("alter function mayfly.fire_v0 rename to fire_v1");
  }
  const { status, events, attributes } = sdk.span("schedule");
  assert.deepEqual([status.code, events.length, attributes["error.type"]], [SpanStatusCode.ERROR, 1, "schema_missing"]);
  const points = (await sdk.metrics()).get("messaging.client.sent.messages") ?? [];
  assert.deepEqual(
    points.map((point) => [point.attributes["messaging.destination.name"], point.attributes["error.type"], point.value]),
    [["q", "schema_missing", 1]],
  );
});

test("a turn that fails shows as an error, in a tick that does", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {});
  await queue.database.sql("alter function mayfly.turn_v1 rename to turn_v0");
  try {
    await assert.rejects(tick(handlers));
  } finally {
    await queue.database.sql("alter function mayfly.turn_v0 rename to turn_v1");
  }
  assert.deepEqual(
    [sdk.span("turn"), sdk.span("tick")].map(({ status, events, attributes }) => [status.code, events.length, attributes["error.type"]]),
    [1, 2].map(() => [SpanStatusCode.ERROR, 1, "schema_missing"]),
  );
});

test("a worker that lives on is observed until it ends", async () => {
  const stop = observeWorker({ slots: () => 4, running: () => 2 });
  const found = await sdk.metrics();
  assert.deepEqual(
    ["mayfly.worker.slots", "mayfly.worker.slots.used"].map((name) => found.get(name)),
    [[{ attributes: {}, value: 4 }], [{ attributes: {}, value: 2 }]],
  );
  stop();
  assert.deepEqual(await sdk.metrics(), new Map());
});

test("gauges of the queue are asked of the database at each collection, zeros included, until the worker ends", async () => {
  const { mayfly, jobs } = queue.open({ jobs: [work] });
  const logger = recordingLogger();
  const stop = observeQueue({
    definitions: mayfly.definitions,
    snapshot: () => mayfly.operator(undefined).metrics(),
    resting: () => false,
    logger,
  });
  const attributes = { "messaging.destination.name": "q" };
  const one = (found: Map<string, readonly Point[]>, name: string) => found.get(name)?.map(({ value }) => value);
  const empty = await sdk.metrics();
  for (const name of ["mayfly.queue.depth", "mayfly.queue.scheduled", "mayfly.queue.oldest.age", "mayfly.running"])
    assert.deepEqual(empty.get(name), [{ attributes, value: 0 }], name);
  assert.deepEqual(
    empty.get("mayfly.workers"),
    ["alive", "stale"].map((state) => ({ attributes: { "mayfly.worker.state": state }, value: 0 })),
  );

  await jobs.enqueueMany([
    [work, {}],
    [work, {}],
    [work, {}, { delay: "1h" }],
  ]);
  await claim(queue.database.store, { queues: ["q"], slots: 1 });
  await queue.database.sql("update mayfly.ready set ready_at = now() - interval '10 minutes'");
  const full = await sdk.metrics();
  assert.deepEqual(
    ["mayfly.queue.depth", "mayfly.queue.scheduled", "mayfly.running", "mayfly.workers"].map((name) => one(full, name)),
    [[1], [1], [1], [1, 0]],
  );
  assert.equal(Math.floor(Number(one(full, "mayfly.queue.oldest.age")?.[0]) / 10), 60);

  await queue.database.sql("alter table mayfly.queue rename to queue_0");
  assert.equal(one(await sdk.metrics(), "mayfly.queue.depth"), undefined);
  await queue.database.sql("alter table mayfly.queue_0 rename to queue");
  assert.deepEqual(
    logger.lines.map(({ message }) => message),
    ["the queue's metrics cannot be had"],
  );
  stop();
  assert.deepEqual(await sdk.metrics(), new Map());
});
