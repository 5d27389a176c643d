/**
 * What an enqueue leaves in traces and metrics, whatever becomes of it.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Attributes, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import * as z from "zod";
import type { OnceJobsClient } from "../../src/enqueue/jobs.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { useQueue } from "../support/queue.ts";
import { newId } from "../support/samples.ts";
import { idsOf, useSdk } from "../support/sdk.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const sdk = useSdk();
const queue = useQueue();

const work = defineJob("work", { payload: z.object({ n: z.int().optional() }), queue: "q" });
const other = defineJob("other");
const keyed = defineJob("keyed", { concurrencyKey: () => "k" });
const few = defineJob("few", { concurrencyKey: () => "k", limit: { live: 1 } });
const choosy = defineJob("choosy", { shouldEnqueue: () => false });

const open = () => queue.open({ jobs: [work, other, keyed, few, choosy] });

const CONVENTIONS = { "messaging.system": "mayfly", "messaging.operation.name": "send", "messaging.operation.type": "send" };
const sentOf = (name: string, destination: string, more: Attributes = {}) => ({
  ...CONVENTIONS,
  "messaging.destination.name": destination,
  "mayfly.job.name": name,
  ...more,
});

/** What was counted as sent, failures included. */
async function sent() {
  const found = await sdk.metrics();
  return { sent: found.get("messaging.client.sent.messages") ?? [], timed: found.get("messaging.client.operation.duration") ?? [] };
}

async function storedContexts(): Promise<(string | null)[]> {
  const rows = await queue.database.sql<{ traceparent: string | null }>("select traceparent from mayfly.job order by id");
  return rows.map(({ traceparent }) => traceparent);
}

test("an enqueue is a send span of the conventions, whose context the job carries, and one sent message", async () => {
  const { jobs } = open();
  const { id } = await jobs.enqueue(work, { n: 1 });
  const span = sdk.span("send q");
  const { "code.line.number": line, "code.file.path": path, ...attributes } = span.attributes;
  assert.deepEqual(attributes, { ...sentOf("work", "q"), "messaging.message.id": id, "code.function.name": "jobs.enqueue" });
  assert.equal(path, import.meta.filename);
  assert.ok(Number(line) > 0);
  assert.deepEqual([span.kind, span.status.code, span.events], [SpanKind.PRODUCER, SpanStatusCode.UNSET, []]);
  assert.deepEqual([span.instrumentationScope.name, span.instrumentationScope.version], ["mayfly", version]);
  assert.deepEqual(await storedContexts(), [`00-${idsOf(span.spanContext())}-01`]);
  const job = await jobs.get(id);
  assert.equal(job?.source, `${path}:${line}`, "the call's own, not the wrapper's");
  const { sent: counted, timed } = await sent();
  assert.deepEqual(counted, [{ attributes: sentOf("work", "q"), value: 1 }]);
  assert.deepEqual(timed, [{ attributes: { ...CONVENTIONS, "messaging.destination.name": "q" }, value: 1 }]);
});

test("inside of a span, the send span is its child", async () => {
  const { jobs } = open();
  await trace.getTracer("test").startActiveSpan("request", async (span) => {
    await jobs.enqueue(work, {});
    span.end();
  });
  assert.equal(sdk.span("send q").parentSpanContext?.spanId, sdk.span("request").spanContext().spanId);
});

test("what did not go in says so, is no error, and is not counted as sent", async () => {
  const { jobs } = open();
  const id = newId();
  await jobs.enqueueMany([
    [keyed, {}],
    [few, {}],
    [other, {}, { id }],
  ]);
  await sdk.metrics();
  await jobs.enqueue(keyed, {});
  await jobs.enqueue(few, {});
  await jobs.enqueue(choosy, {});
  await jobs.enqueue(other, {}, { id });
  const told = sdk.spans("send default").slice(1);
  assert.deepEqual(
    told.map(({ attributes, status }) => [attributes["mayfly.enqueue.outcome"], status.code]),
    ["blocked", "limited", "skipped", "duplicate"].map((outcome) => [outcome, SpanStatusCode.UNSET]),
  );
  assert.deepEqual((await sent()).sent, []);
});

test("a batch is one span without a destination where there are several; its context is every job's, but for those with one of their own", async () => {
  const { jobs } = open();
  const own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await jobs.enqueueMany([
    [work, {}],
    [work, {}],
    [keyed, {}],
    [keyed, {}],
    [other, {}, { traceparent: own, tracestate: "a=b" }],
  ]);
  const span = sdk.span("send");
  assert.deepEqual(
    [
      span.attributes["messaging.batch.message_count"],
      span.attributes["messaging.destination.name"],
      span.attributes["mayfly.enqueue.blocked"],
    ],
    [5, undefined, 1],
  );
  assert.deepEqual(
    span.links.map(({ context }) => idsOf(context)),
    [own.slice(3, 52)],
  );
  const shared = `00-${idsOf(span.spanContext())}-01`;
  assert.deepEqual(await storedContexts(), [shared, shared, shared, own]);
  const counted = (await sent()).sent;
  assert.deepEqual(
    counted.map(({ attributes, value }) => [attributes["mayfly.job.name"], attributes["messaging.destination.name"], value]),
    [
      ["work", "q", 2],
      ["keyed", "default", 1],
      ["other", "default", 1],
    ],
  );
});

test("a batch tells how many did not go in, for each reason, and counts the others", async () => {
  const { jobs } = open();
  const id = newId();
  await jobs.enqueue(other, {}, { id });
  await sdk.metrics();
  await jobs.enqueueMany([
    [keyed, {}],
    [keyed, {}],
    [few, {}],
    [few, {}],
    [few, {}],
    [choosy, {}],
    [other, {}, { id }],
  ]);
  const { attributes } = sdk.spans("send default").at(-1) ?? assert.fail();
  assert.deepEqual(
    ["blocked", "limited", "skipped", "duplicate"].map((outcome) => attributes[`mayfly.enqueue.${outcome}`]),
    [1, 2, 1, 1],
  );
  assert.deepEqual(
    (await sent()).sent.map((point) => [point.attributes["mayfly.job.name"], point.value]),
    [
      ["keyed", 1],
      ["few", 1],
    ],
  );
});

test("a batch for one queue names it", async () => {
  await open().jobs.enqueueMany([
    [work, {}],
    [work, {}],
  ]);
  assert.equal(sdk.span("send q").attributes["messaging.batch.message_count"], 2);
});

test("an enqueue that fails ends as an error with one exception event, and is counted at once with its type", async () => {
  const { jobs } = open();
  await assert.rejects(jobs.enqueue(work, { n: "one" as never }), { code: "invalid_payload" });
  const { status, events, attributes } = sdk.span("send q");
  assert.deepEqual([status.code, attributes["error.type"]], [SpanStatusCode.ERROR, "invalid_payload"]);
  assert.deepEqual(
    events.map(({ name, attributes: event }) => [name, event?.["exception.type"]]),
    [["exception", "MayflyError"]],
  );
  const { sent: counted, timed } = await sent();
  assert.deepEqual(counted, [{ attributes: sentOf("work", "q", { "error.type": "invalid_payload" }), value: 1 }]);
  assert.deepEqual(
    timed.map(({ attributes: { "error.type": type } }) => type),
    ["invalid_payload"],
  );
});

test("options that are no text are refused as they are without an SDK", async () => {
  const { jobs } = open();
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  for (const options of [{ traceparent: 7 }, { traceparent: {} }, { traceparent, tracestate: 7 }])
    await assert.rejects(jobs.enqueue(work, {}, options as never), { code: "invalid_options" });
  assert.deepEqual(
    sdk.spans("send q").map(({ attributes }) => attributes["error.type"]),
    [1, 2, 3].map(() => "invalid_options"),
  );
});

test("a batch that is none is refused as it is without an SDK, and leaves no span: of which queue it is nobody can tell", async () => {
  for (const batch of [work, [{ n: 1 }], [[]]]) await assert.rejects(open().jobs.enqueueMany(batch as never), { code: "invalid_options" });
  assert.deepEqual(sdk.spans(), []);
});

test("a statement is a create span that has ended; its transaction is a send span with a link to it, counted once committed", async () => {
  const { jobs } = open();
  const statement = jobs.statement(work, {});
  const created = sdk.span("create q");
  assert.equal(created.kind, SpanKind.PRODUCER);
  assert.equal(created.attributes["code.file.path"], import.meta.filename);
  assert.deepEqual((await sent()).sent, []);
  await jobs.transaction([statement, ["select 1"]]);
  const span = sdk.span("send q");
  assert.deepEqual([span.kind, span.attributes["code.file.path"]], [SpanKind.CLIENT, import.meta.filename]);
  assert.deepEqual(
    span.links.map(({ context }) => idsOf(context)),
    [idsOf(created.spanContext())],
  );
  assert.deepEqual(await storedContexts(), [`00-${idsOf(created.spanContext())}-01`]);
  const [job] = await queue.database.sql<{ id: string }>("select id from mayfly.job");
  assert.equal(span.attributes["messaging.message.id"], job?.id);
  assert.deepEqual((await sent()).sent, [{ attributes: sentOf("work", "q"), value: 1 }]);
});

test("a transaction that is rolled back ends as an error, and nothing counts as sent", async () => {
  const { jobs } = open();
  await assert.rejects(jobs.transaction([jobs.statement(work, {}), ["select 1 / 0"]]));
  const { status, attributes, events } = sdk.span("send q");
  assert.deepEqual([status.code, attributes["error.type"], events.length], [SpanStatusCode.ERROR, "database_error", 1]);
  assert.deepEqual((await sent()).sent, [{ attributes: sentOf("work", "q", { "error.type": "database_error" }), value: 1 }]);
});

test("in a transaction that allows it, a blocked job is told of and not counted", async () => {
  const { jobs } = open();
  await jobs.enqueue(keyed, {});
  await sdk.metrics();
  await jobs.transaction([jobs.statement(keyed, {}, { allowBlocked: true }), ["select 1"]]);
  assert.equal(sdk.spans("send default").at(-1)?.attributes["mayfly.enqueue.outcome"], "blocked");
  assert.deepEqual((await sent()).sent, []);
});

test("a statement that cannot be made is a create span with an error", () => {
  assert.throws(() => open().jobs.statement(work, { n: "one" as never }), { code: "invalid_payload" });
  const { status, attributes } = sdk.span("create q");
  assert.deepEqual([status.code, attributes["error.type"]], [SpanStatusCode.ERROR, "invalid_payload"]);
});

test("a request that is answered as before sends nothing again", async () => {
  const jobs = open().jobs as OnceJobsClient;
  const request = { scope: "s", key: "k", body: {}, alone: true };
  const options = { source: "POST /v1/jobs" };
  await jobs.enqueueOnce([[work as never, {}, options]], request);
  assert.equal((await sent()).sent[0]?.value, 1);
  await jobs.enqueueOnce([[work as never, {}, options]], request);
  assert.equal(sdk.spans("send q").at(-1)?.attributes["mayfly.enqueue.replayed"], true);
  assert.deepEqual((await sent()).sent, []);
});
