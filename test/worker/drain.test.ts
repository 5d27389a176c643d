/**
 * The turn loop: what becomes of jobs that succeed, fail, take too long, or outlive their invocation.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { exponential } from "../../src/job/backoff.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { JobStatus } from "../../src/job/jobs-client.ts";
import { drain } from "../../src/worker/drain.ts";
import { until } from "../support/condition.ts";
import { useDatabase } from "../support/database.ts";

import { newJob } from "../support/samples.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker, recordingLogger } from "../support/worker.ts";

const ONCE = { park: true, waitMs: 0 };

const database = useDatabase();

async function statusOf(id: string): Promise<JobStatus> {
  const job = await database.store.job(id);
  assert.ok(job);
  return job;
}

/** Resolves when the handler has been called. */
function startSignal(): { readonly started: Promise<void>; start(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { started: promise, start: resolve };
}

test("a handler gets its payload as the schema puts it out, its environment, its client, and who it is", async () => {
  const work = defineJob("work", {
    payload: z.object({ day: z.iso.date().transform((day) => new Date(day)) }),
    retries: 2,
    concurrencyKey: ({ day }) => day,
  });
  const next = defineJob<"next", { from: string }>("next");
  let seen: unknown;
  const handler = work.handle<{ token: string }>(
    async ({ payload, env, jobs, id, name, queue, attempt, retries, concurrencyKey, signal }) => {
      await jobs.enqueue(next, { from: id });
      seen = { day: payload.day.getTime(), env, name, queue, attempt, retries, concurrencyKey, aborted: signal.aborted };
      return { day: payload.day.toISOString() };
    },
  );
  const worker = createWorker({ store: database.store, handlers: [handler], env: { token: "t" } });
  const { id } = await worker.jobs.enqueue(work, { day: "2026-01-02" });
  const result = await drain(worker, ONCE);
  assert.deepEqual(seen, {
    day: Date.UTC(2026, 0, 2),
    env: { token: "t" },
    name: "work",
    queue: "default",
    attempt: 1,
    retries: 2,
    concurrencyKey: "2026-01-02",
    aborted: false,
  });
  assert.deepEqual([result.claimed, result.successful, result.setAside], [1, 1, 1]);
  const { state, attempts } = await statusOf(id);
  assert.deepEqual([state, attempts.map(({ output }) => output)], ["successful", [{ day: "2026-01-02T00:00:00.000Z" }]]);
});

test("a handler that throws is tried again, until its retries are used up; name, message, stack and cause are kept", async () => {
  const work = defineJob("work", { retries: 2 });
  const handler = work.handle(({ attempt }) => {
    throw new TypeError(`no ${attempt}`, { cause: new Error("deeper") });
  });
  const worker = createWorker({ store: database.store, handlers: [handler] });
  const { id } = await worker.jobs.enqueue(work, {});
  const result = await drain(worker, ONCE);
  assert.deepEqual([result.claimed, result.errored], [3, 3]);
  const { state, attempts } = await statusOf(id);
  assert.equal(state, "errored");
  assert.deepEqual(
    attempts.map(({ attempt, outcome, retryAt, error }) => [attempt, outcome, retryAt !== undefined, error?.name, error?.message]),
    [
      [1, "errored", true, "TypeError", "no 1"],
      [2, "errored", true, "TypeError", "no 2"],
      [3, "errored", false, "TypeError", "no 3"],
    ],
  );
  assert.match(attempts[0]?.error?.stack ?? "", /drain\.test\.ts[\s\S]*Caused by: Error: deeper/);
});

test("an error with retry: false is the last one", async () => {
  const work = defineJob("work", { retries: 5 });
  const handler = work.handle(() => {
    throw Object.assign(new Error("never"), { retry: false });
  });
  const worker = createWorker({ store: database.store, handlers: [handler] });
  const { id } = await worker.jobs.enqueue(work, {});
  assert.equal((await drain(worker, ONCE)).claimed, 1);
  assert.equal((await statusOf(id)).state, "errored");
});

test("a retry waits as long as its definition says", async () => {
  const work = defineJob("work", { retries: 5, retryDelay: exponential({ base: "1m", max: "3m" }) });
  const handler = work.handle(() => Promise.reject(new Error("no")));
  const worker = () => createWorker({ store: database.store, handlers: [handler] });
  const { id } = await worker().jobs.enqueue(work, {});
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 3; attempt++) {
    await drain(worker(), ONCE);
    const last = (await statusOf(id)).attempts.at(-1);
    waits.push(Math.round((Date.parse(last?.retryAt ?? "") - Date.parse(last?.finishedAt ?? "")) / 1_000));
    await database.sql("update mayfly.scheduled set run_at = now()");
  }
  assert.deepEqual(waits, [60, 120, 180]);
});

test("whatever was thrown is kept as an error, within its limit", async () => {
  const work = defineJob<"work", { throws: string }>("work");
  const handler = work.handle(({ payload }) => {
    if (payload.throws === "text") throw "just text";
    if (payload.throws === "object") throw { code: 7 };
    throw new Error("é".repeat(5_000));
  });
  const worker = createWorker({ store: database.store, handlers: [handler] });
  const errors = new Map<string, unknown>();
  for (const throws of ["text", "object", "long"]) {
    const { id } = await worker.jobs.enqueue(work, { throws });
    await drain(createWorker({ store: database.store, handlers: [handler] }), ONCE);
    errors.set(throws, (await statusOf(id)).attempts[0]?.error);
  }
  assert.deepEqual(errors.get("text"), { name: "NonError", message: "just text" });
  assert.deepEqual(errors.get("object"), { name: "NonError", message: '{"code":7}' });
  const long = errors.get("long") as { message: string; stack: string };
  assert.ok(new TextEncoder().encode(`Error${long.message}${long.stack}`).length <= 1_024);
  assert.match(long.message, /^é+$/);
});

test("of output, what JSON can tell is kept, and what it cannot, or is too large, is named in its place; the job is successful all the same", async () => {
  const work = defineJob<"work", { returns: string }>("work");
  const handler = work.handle(({ payload }) => (payload.returns === "large" ? "x".repeat(2_000) : { at: new Date(0), seen: new Set([1]) }));
  const logger = recordingLogger();
  const worker = createWorker({ store: database.store, handlers: [handler], logger });
  const results = await worker.jobs.enqueueMany(["large", "date"].map((returns) => [work, { returns }] as const));
  await drain(worker, ONCE);
  const kept = (await Promise.all(results.map(({ id }) => statusOf(id)))).flatMap(({ attempts }) => attempts);
  assert.deepEqual(
    kept.map(({ outcome, output }) => [outcome, output]),
    [
      ["successful", "(left out: 2002 bytes of JSON, and at most 1024 are kept)"],
      ["successful", { at: "1970-01-01T00:00:00.000Z", seen: "(left out: a Set)" }],
    ],
  );
  const problems = logger.lines.map(({ fields }) => String(fields?.problem)).sort();
  assert.deepEqual(problems, [
    "output is 2002 bytes of JSON, and at most 1024 are kept",
    "output.seen: a Set is left out: JSON cannot hold it",
  ]);
});

test("a stored payload that no longer fits its schema fails at once, without retries and without the handler", async () => {
  const work = defineJob("work", { payload: z.object({ n: z.number() }), retries: 5 });
  let called = false;
  const handler = work.handle(() => {
    called = true;
  });
  const job = newJob({ retries: 5, payload: { n: "one" } });
  await database.store.enqueue([job]);
  await drain(createWorker({ store: database.store, handlers: [handler] }), ONCE);
  const { state, attempts } = await statusOf(job.id);
  assert.deepEqual(
    [state, attempts.length, attempts[0]?.error?.message, called],
    ["errored", 1, "The stored payload of work does not fit its schema. payload.n: Invalid input: expected number, received string", false],
  );
});

test("a payload is rebuilt by an async schema when it runs, from the input that was stored", async () => {
  const users = new Map([["1", { name: "Ada" }]]);
  const work = defineJob("work", {
    payload: z.object({
      user: z.string().transform(async (id, context) => {
        const user = await Promise.resolve(users.get(id));
        if (!user) context.addIssue(`there is no user ${id}`);
        return user;
      }),
    }),
    retries: 3,
  });
  const seen: unknown[] = [];
  const handlers = [work.handle(({ payload }) => void seen.push(payload.user))];
  const worker = createWorker({ store: database.store, handlers });
  const { id } = await worker.jobs.enqueue(work, { user: "1" });
  assert.deepEqual(await database.sql("select payload from mayfly.job"), [{ payload: { user: "1" } }]);
  await drain(worker, ONCE);
  assert.deepEqual([seen, (await statusOf(id)).state], [[{ name: "Ada" }], "successful"]);
  await assert.rejects(worker.jobs.enqueue(work, { user: "2" }), { code: "invalid_payload", message: /payload\.user: there is no user …/ });
});

test("at its time-out a handler's signal aborts, the attempt is errored, and what the handler returns later is ignored", async () => {
  const clock = virtualClock();
  const work = defineJob("work", { timeout: "7s" });
  const { started, start } = startSignal();
  let reason: unknown;
  const handler = work.handle(async ({ signal }) => {
    start();
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    reason = signal.reason;
    return "too late";
  });
  const worker = createWorker({ store: database.store, handlers: [handler], clock });
  const { id } = await worker.jobs.enqueue(work, {});
  const draining = drain(worker, ONCE);
  await started;
  clock.advance(6_999);
  assert.equal(reason, undefined);
  clock.advance(1);
  assert.deepEqual([(await draining).errored, (await statusOf(id)).state], [1, "errored"]);
  assert.match(String(reason), /work ran longer than its time-out of 7s/);
  assert.equal((await statusOf(id)).attempts[0]?.error?.name, "MayflyError");
});

test("a handler that ignores its signal keeps its slot, while its attempt is settled", async () => {
  const clock = virtualClock();
  const work = defineJob("work", { timeout: "7s" });
  const { started, start } = startSignal();
  const end = startSignal();
  const handler = work.handle(() => {
    start();
    return end.started;
  });
  const worker = createWorker({ store: database.store, handlers: [handler], clock, slots: 1 });
  const [first] = await worker.jobs.enqueueMany([
    [work, {}],
    [work, {}],
  ]);
  const draining = drain(worker, ONCE);
  await started;
  clock.advance(7_000);
  // With more to claim, a finished attempt waits as long as a round trip took, here the least of 2 ms.
  await clock.sleeperOf(2);
  clock.advance(2);
  await settled(first?.id ?? "");
  assert.deepEqual(await database.sql("select state from mayfly.live"), [{ state: "ready" }], "the second has not been started");
  end.start();
  assert.deepEqual([(await draining).errored, (await draining).successful], [1, 1]);
});

/** Resolves once the job has ended. */
async function settled(id: string): Promise<void> {
  await until(async () => (await statusOf(id)).finishedAt);
}
