/**
 * What an attempt leaves in traces and metrics, however it ends.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { MayflyError } from "../../src/base/errors.ts";
import { defer } from "../../src/job/defer.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { traceAttempts } from "../../src/telemetry/trace-attempts.ts";
import { until } from "../support/condition.ts";
import { useQueue } from "../support/queue.ts";
import { idsOf, useSdk } from "../support/sdk.ts";
import { recordingLogger } from "../support/worker.ts";

const sdk = useSdk();
const queue = useQueue();

const work = defineJob("work", { queue: "q", retries: 1 });
const quick = defineJob("quick", { queue: "q", timeout: "50ms" });

/** What was counted as consumed: outcome, error type, how often. */
async function consumed() {
  const points = (await sdk.metrics()).get("messaging.client.consumed.messages") ?? [];
  return points.map(({ attributes, value }) => [attributes["mayfly.outcome"], attributes["error.type"], value]);
}

const told = () =>
  sdk
    .spans("process q")
    .map(({ attributes, status, events }) => [
      attributes["mayfly.outcome"],
      attributes["error.type"],
      status.code === SpanStatusCode.ERROR,
      events.filter(({ name }) => name === "exception").length,
    ]);

class Closed extends Error {}

test("an attempt is a process span, a root that links to its send span; its handler's own spans and enqueues are inside of it", async () => {
  const { jobs, tick } = queue.open({ jobs: [work, quick] });
  const { id } = await jobs.enqueue(work, {});
  let claimId = "";
  const handlers = [
    work.handle<undefined>(async (run) => {
      claimId = run.claimId;
      await trace.getTracer("test").startActiveSpan("own", async (own) => {
        await run.jobs.enqueue(quick, {}, { delay: "1h" });
        own.end();
      });
    }),
  ];
  await sdk.metrics();
  await tick(handlers);
  const [sent, nested] = sdk.spans("send q");
  const [process, own] = [sdk.span("process q"), sdk.span("own")];
  assert.deepEqual(process.attributes, {
    "messaging.system": "mayfly",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": "q",
    "messaging.message.id": id,
    "mayfly.job.name": "work",
    "mayfly.attempt": 1,
    "mayfly.claim.id": claimId,
    "mayfly.outcome": "successful",
    "code.function.name": "work.run",
  });
  assert.deepEqual([process.kind, process.parentSpanContext, process.status.code], [SpanKind.CONSUMER, undefined, SpanStatusCode.UNSET]);
  assert.notEqual(process.spanContext().traceId, sent?.spanContext().traceId);
  assert.deepEqual(
    process.links.map(({ context }) => [idsOf(context), context.isRemote]),
    [[sent && idsOf(sent.spanContext()), true]],
  );
  assert.equal(own.parentSpanContext?.spanId, process.spanContext().spanId);
  assert.equal(nested?.parentSpanContext?.spanId, own.spanContext().spanId);
  const found = await sdk.metrics();
  const of = { "messaging.system": "mayfly", "messaging.operation.name": "process", "messaging.operation.type": "process" };
  const attributes = { ...of, "messaging.destination.name": "q", "mayfly.job.name": "work" };
  assert.deepEqual(found.get("messaging.process.duration"), [{ attributes, value: 1 }]);
  assert.deepEqual(found.get("mayfly.queue.wait.duration"), [{ attributes, value: 1 }]);
  assert.deepEqual(found.get("messaging.client.consumed.messages"), [
    { attributes: { ...attributes, "mayfly.outcome": "successful" }, value: 1 },
  ]);
});

test("each retry is a trace of its own with the same link; an error shows as its class, once, and the job's id is the send span's", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {});
  const handlers = [work.handle<undefined>(() => Promise.reject(new Closed("not today")))];
  await tick(handlers);
  await tick(handlers);
  assert.deepEqual(told(), [
    ["errored", "Closed", true, 1],
    ["errored", "Closed", true, 1],
  ]);
  const [sent, [one, two]] = [sdk.span("send q"), sdk.spans("process q")];
  assert.ok(one && two);
  assert.deepEqual(
    [one, two].map(({ links, attributes }) => [
      links[0] && idsOf(links[0].context),
      attributes["messaging.message.id"],
      attributes["mayfly.attempt"],
    ]),
    [1, 2].map((attempt) => [idsOf(sent.spanContext()), sent.attributes["messaging.message.id"], attempt]),
  );
  assert.notEqual(one.spanContext().traceId, two.spanContext().traceId);
  assert.deepEqual(await consumed(), [["errored", "Closed", 2]]);
});

test("the exception event names the class as error.type does, and neither is longer than a name", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  const types: unknown[] = [];
  for (const thrown of [new Closed("no"), Object.assign(new Error("no"), { name: "n".repeat(100_000) })]) {
    const { id } = await jobs.enqueue(work, {}, { retries: 0 });
    await tick([work.handle<undefined>(() => Promise.reject(thrown))]);
    const { attributes, events } = sdk.spans("process q").find((span) => span.attributes["messaging.message.id"] === id) ?? assert.fail();
    types.push([attributes["error.type"], events[0]?.attributes?.["exception.type"]]);
  }
  assert.deepEqual(
    types,
    ["Closed", "n".repeat(255)].map((type) => [type, type]),
  );
});

test("a handler that throws job_lost leaves one process span, as any other", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {}, { retries: 0 });
  await tick([work.handle<undefined>(() => Promise.reject(new MayflyError("job_lost", "I gave up")))]);
  assert.deepEqual(told(), [["errored", "job_lost", true, 1]]);
  assert.deepEqual(await consumed(), [["errored", "job_lost", 1]]);
});

test("a deferral is no failure, and the next attempt has the same link", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {});
  const handlers = [work.handle<undefined>(({ attempt }) => (attempt > 1 ? undefined : defer(0, { countsAsAttempt: true })))];
  await tick(handlers);
  await tick(handlers);
  assert.deepEqual(told(), [
    ["deferred", undefined, false, 0],
    ["successful", undefined, false, 0],
  ]);
  const sent = idsOf(sdk.span("send q").spanContext());
  assert.deepEqual(
    sdk.spans("process q").map(({ links }) => links[0] && idsOf(links[0].context)),
    [sent, sent],
  );
  assert.deepEqual(await consumed(), [
    ["deferred", undefined, 1],
    ["successful", undefined, 1],
  ]);
});

test("what cannot even be looked at ends its attempt as an error, and nothing else", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {}, { retries: 0 });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  await tick([work.handle<undefined>(() => Promise.reject(proxy))]);
  assert.deepEqual(told(), [["errored", "NonError", true, 1]]);
  assert.deepEqual(await consumed(), [["errored", "NonError", 1]]);
});

test("a job has waited since it was due, not since it was asked for; a retry since it was due again", async () => {
  const patient = defineJob("patient", { queue: "q", retries: 1, retryDelay: "1h" });
  const { jobs, tick } = queue.open({ jobs: [patient] });
  await jobs.enqueue(patient, {}, { delay: "1h" });
  await queue.database.sql("update mayfly.job set run_at = now() - interval '5 minutes'");
  await queue.database.sql("update mayfly.scheduled set run_at = now() - interval '5 minutes'");
  const handlers = [patient.handle<undefined>(({ attempt }) => (attempt > 1 ? undefined : Promise.reject(new Closed("no"))))];
  const about = (seconds: number | undefined) => Math.round((seconds ?? Number.NaN) / 60);
  await tick(handlers);
  assert.deepEqual((await sdk.sums("mayfly.queue.wait.duration")).map(about), [5]);
  await queue.database.sql("update mayfly.scheduled set run_at = now() - interval '2 minutes'");
  await tick(handlers);
  assert.deepEqual((await sdk.sums("mayfly.queue.wait.duration")).map(about), [2]);
});

test("durations of attempts have the type of a failure, and none of a deferral", async () => {
  const { jobs, tick } = queue.open({ jobs: [work, quick] });
  await jobs.enqueueMany([
    [work, { how: "throws" }, { retries: 0 }],
    [work, { how: "defers" }],
    [quick, {}, { retries: 0 }],
  ] as never);
  await sdk.metrics();
  await tick([
    work.handle<undefined>(({ payload, attempt }) => {
      if ((payload as { how: string }).how === "throws") throw new Closed("no");
      return attempt > 1 ? undefined : defer(0, { countsAsAttempt: true });
    }),
    quick.handle<undefined>(
      ({ signal }) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
    ),
  ]);
  const points = (await sdk.metrics()).get("messaging.process.duration") ?? [];
  assert.deepEqual(points.map(({ attributes, value }) => [attributes["mayfly.job.name"], attributes["error.type"], value]).sort(), [
    ["quick", "job_timed_out", 1],
    ["work", undefined, 2],
    ["work", "Closed", 1],
  ]);
});

test("a job deferred more often than its retries allow is a failure", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {}, { retries: 0 });
  await tick([work.handle<undefined>(() => defer(0, { countsAsAttempt: true }))]);
  assert.deepEqual(told(), [["errored", "job_deferred_out", true, 1]]);
  assert.deepEqual(await consumed(), [["errored", "job_deferred_out", 1]]);
});

test("at its time-out the span ends at once, also while the handler goes on", async () => {
  const { jobs, tick } = queue.open({ jobs: [quick] });
  await jobs.enqueue(quick, {});
  const gate = Promise.withResolvers<void>();
  const ticking = tick([quick.handle<undefined>(() => gate.promise)]);
  await until(() => sdk.spans("process q").length === 1);
  assert.deepEqual(told(), [["errored", "job_timed_out", true, 1]]);
  gate.resolve();
  await ticking;
  assert.equal(sdk.spans("process q").length, 1);
  assert.deepEqual(await consumed(), [["errored", "job_timed_out", 1]]);
});

test("a job that an operator cancels while it runs is no failure", async () => {
  const { mayfly, jobs, consumer } = queue.open({ jobs: [work], heartbeat: { interval: "1s", timeout: "3s" } });
  const { id } = await jobs.enqueue(work, {});
  const started = Promise.withResolvers<void>();
  const handler = work.handle<undefined>(({ signal }) => {
    started.resolve();
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  });
  const ticking = consumer([handler]).tick(undefined);
  await started.promise;
  await mayfly.connect(undefined).cancel(id);
  await ticking;
  assert.deepEqual(told(), [["cancelled", undefined, false, 0]]);
  assert.deepEqual(await consumed(), [["cancelled", undefined, 1]]);
});

test("a worker taken for dead: the rescuer counts the attempt as lost, and what the worker settles after all is not counted", async () => {
  const { jobs, consumer } = queue.open({ jobs: [work], heartbeat: { interval: "1s", timeout: "2s" } });
  await jobs.enqueue(work, {}, { retries: 0 });
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow = work.handle<undefined>(() => {
    started.resolve();
    return gate.promise;
  });
  const ticking = consumer([slow]).tick(undefined);
  await started.promise;
  await queue.database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
  await consumer([]).tick(undefined);
  const rescue = sdk.span("rescue");
  assert.deepEqual([rescue.attributes["mayfly.rescue.lost"], rescue.kind], [1, SpanKind.CLIENT]);
  assert.deepEqual(await consumed(), [["lost", "job_lost", 1]]);
  gate.resolve();
  await ticking;
  assert.deepEqual(told(), [["successful", undefined, false, 0]]);
  assert.deepEqual(await consumed(), [], "its result was refused");
  assert.equal(sdk.spans("turn").at(-1)?.attributes["mayfly.turn.claims_lost"], 1);
});

test("an attempt whose claim is given to others while it runs ends as lost", () => {
  const abort = new AbortController();
  const job = { id: "1", name: "work", queue: "q", attempt: 1, hook: null, trace: {} };
  const execute = traceAttempts(() => new Promise(() => {}), recordingLogger());
  void execute({ job: job as never, claimId: "2", signal: abort.signal });
  abort.abort(new MayflyError("claim_lost", "gone"));
  assert.deepEqual(told(), [["lost", "claim_lost", true, 1]]);
});

test("a traceparent that is none is left out with one warning, and the job runs", async () => {
  const logger = recordingLogger();
  const { jobs, tick } = queue.open({ jobs: [work], logger });
  for (const traceparent of [
    "nonsense",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ])
    await jobs.enqueue(work, {}, { traceparent });
  await tick([work.handle<undefined>(() => {})]);
  assert.deepEqual(
    sdk.spans("process q").map(({ links, attributes }) => [links, attributes["mayfly.outcome"]]),
    [1, 2, 3].map(() => [[], "successful"]),
  );
  assert.deepEqual(
    logger.lines.map(({ message }) => message),
    ["traceparent ignored", "traceparent ignored", "traceparent ignored"],
  );
});

test("a hook that fails is an error, and no attempt either", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {}, { retries: 0 });
  const throws = () => Promise.reject(new Closed("no"));
  await tick([work.handle<undefined>(throws, { onFailed: () => Promise.reject(new TypeError("nor this")) })]);
  const { status, attributes, events } = sdk.spans("hook q")[0] ?? assert.fail();
  assert.deepEqual([status.code, attributes["error.type"], events.length], [SpanStatusCode.ERROR, "TypeError", 1]);
  const found = await sdk.metrics();
  for (const name of ["messaging.process.duration", "mayfly.queue.wait.duration", "messaging.client.consumed.messages"])
    assert.deepEqual(
      found.get(name)?.map(({ value }) => value),
      [1],
      name,
    );
});

test("a logger that throws stops no worker from running the job", async () => {
  const silent = recordingLogger();
  const logger = { ...silent, warn: () => assert.fail("the log is full"), child: () => logger };
  const { jobs, tick } = queue.open({ jobs: [work], logger });
  await jobs.enqueue(work, {}, { traceparent: "nonsense" });
  await tick([work.handle<undefined>(() => {})]);
  assert.deepEqual(told(), [["successful", undefined, false, 0]]);
});

test("a hook is a span of its own kind, and no attempt", async () => {
  const { jobs, tick } = queue.open({ jobs: [work] });
  await jobs.enqueue(work, {}, { retries: 0 });
  const handler = work.handle<undefined>(() => Promise.reject(new Closed("no")), { onFailed: () => {} });
  await tick([handler]);
  const hook = sdk.span("hook q");
  assert.deepEqual([hook.kind, hook.attributes["mayfly.hook"], hook.links.length], [SpanKind.INTERNAL, "errored", 1]);
  assert.deepEqual(await consumed(), [["errored", "Closed", 1]]);
});
