import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { isMayflyError } from "../../src/base/errors.ts";
import { defineJob, type InferInput, type JobOptions } from "../../src/job/job-definition.ts";
import type { JobsClient } from "../../src/job/jobs-client.ts";

/** Compiles only where both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(value?: T) => value;

test("a definition has every default filled in, and cannot be changed", () => {
  const { name, queue, priority, retries, retryDelay, timeoutMs, limit } = defineJob("work");
  assert.deepEqual(
    { name, queue, priority, retries, retryDelay, timeoutMs, limit },
    { name: "work", queue: "default", priority: 0, retries: 0, retryDelay: 0, timeoutMs: 20_000, limit: {} },
  );
  assert.ok(Object.isFrozen(defineJob("work")));
});

test("everything wrong with a definition is told at once", () => {
  const wrong = { queue: "", priority: 0.5, retries: -1, timeout: "100d", limit: { live: 0 }, shouldEnqueue: () => true };
  assert.throws(
    () => defineJob("", wrong),
    (error) =>
      isMayflyError(error, "invalid_config") &&
      error.problems.map(({ path }) => path[0]).join() === "name,queue,priority,retries,timeout,limit,shouldEnqueue",
  );
});

test("producers give what the schema takes in, handlers get what it puts out", () => {
  const job = defineJob("work", { payload: z.object({ n: z.string().transform(Number) }), concurrencyKey: ({ n }) => n.trim() });
  holds<Same<InferInput<typeof job>, { n: string }>>();
  job.handle(({ payload }) => {
    holds<Same<typeof payload, { n: number }>>();
  });
  const untyped = defineJob<"free", { a: 1 }>("free");
  untyped.handle(({ payload }) => holds<Same<typeof payload, { a: 1 }>>());
  type Enqueued = Parameters<JobsClient["enqueue"]>[0];
  const accepted: Enqueued = job as never;
  assert.ok(accepted === (job as unknown));
});

test("a payload of the wrong shape does not compile", () => {
  const job = defineJob("work", { payload: z.object({ n: z.number() }) });
  const compiled = (jobs: JobsClient) => {
    // @ts-expect-error The type refuses it: the payload has a number there.
    void jobs.enqueue(job, { n: "1" });
    // @ts-expect-error The type refuses it: the second job of the batch has text in place of its number.
    void jobs.enqueueMany([[job, { n: 1 }], [job, { n: "1" }]]); // biome-ignore format: the error is on this line
    void jobs.enqueueMany([[job, { n: 1 }]]);
  };
  assert.ok(compiled);
  holds<Same<JobOptions<{ n: number }, unknown>["concurrencyKey"], ((payload: { n: number }) => string) | undefined>>();
});

test("a job without a schema needs no payload, and takes an interface; null, which is refused when it runs, does not compile", () => {
  interface Sweep {
    readonly day: string;
  }
  const cleanup = defineJob("cleanup");
  const strict = defineJob("strict", { payload: z.object({ n: z.number() }) });
  const compiled = (jobs: JobsClient, sweep: Sweep) => {
    void jobs.enqueue(cleanup);
    void jobs.enqueue(cleanup, undefined, { delay: "1m" });
    void jobs.enqueue(cleanup, sweep);
    // @ts-expect-error The type refuses it: null is no payload.
    void jobs.enqueue(cleanup, null);
    // @ts-expect-error The type refuses it: this job's schema needs one.
    void jobs.enqueue(strict);
  };
  assert.ok(compiled);
});

test("what is no Standard Schema is refused where the job is defined, with the versions that make one", () => {
  for (const payload of [{ userId: "string" }, null, "text"])
    assert.throws(() => defineJob("work", { payload: payload as never }), /payload: is no Standard Schema, which zod from 3\.24/);
});

test("an option that there is none of is refused, with the one that was probably meant", () => {
  assert.throws(() => defineJob("work", { retires: 3 } as never), /retires: is not an option; did you mean retries\?/);
  assert.throws(() => defineJob("work", { limit: { runing: 3 } } as never), /limit\.runing: is not an option; did you mean running\?/);
});
