/**
 * Cancelling what runs, and coming back too late.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isMayflyError } from "../../src/base/errors.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { Store } from "../../src/store/store.ts";
import { drain } from "../../src/worker/drain.ts";
import { useEngine } from "../support/engine.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker } from "../support/worker.ts";

const engine = useEngine();

/** A handler that runs until its signal aborts, and what it was told then. */
function untilAborted(retries = 0) {
  const work = defineJob("work", { retries, timeout: "10m" });
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const reasons: unknown[] = [];
  let aborted = 0;
  const handler = work.handle(
    ({ signal }) => {
      start();
      return new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          reject(signal.reason as Error);
        }),
      );
    },
    { onAborted: () => void aborted++ },
  );
  return { work, handler, started, reasons, hooks: () => aborted };
}

test("a running job's signal aborts within a heartbeat; it ends as cancelled, with its hook and without a retry", async () => {
  const clock = virtualClock();
  const { work, handler, started, reasons, hooks } = untilAborted(5);
  const { jobs } = createWorker({ store: engine.database.store, handlers: [] });
  const { id } = await jobs.enqueue(work, {});
  const running = engine.run({ handlers: [handler], clock });
  await started;
  assert.equal(await jobs.cancel(id), "requested");
  await clock.sleeperOf(20_000);
  clock.advance(20_000);
  const { cancelled } = await running;
  assert.ok(isMayflyError(reasons[0], "job_cancelled"));
  const { state, attempts } = await engine.status(id);
  assert.deepEqual(
    [cancelled, state, attempts.length, attempts[0]?.error?.message, hooks()],
    [1, "cancelled", 1, "An operator cancelled the job.", 1],
  );
  assert.equal(await jobs.cancel(id), "cancelled");
});

test("a job claimed although it is to be cancelled never starts", async () => {
  const work = defineJob("work", { retries: 5 });
  let runs = 0;
  const { jobs } = createWorker({ store: engine.database.store, handlers: [] });
  const { id } = await jobs.enqueue(work, {});
  const { store } = engine.database;
  const cancelling: Store = {
    ...store,
    async turn(turn) {
      const reply = await store.turn(turn);
      for (const job of reply.jobs) await store.cancel(job.id);
      return { ...reply, jobs: reply.jobs.map((job) => ({ ...job, cancelRequested: true })) };
    },
  };
  await drain(createWorker({ store: cancelling, handlers: [work.handle(() => void runs++)] }), { park: true, waitMs: 0 });
  assert.deepEqual([runs, (await engine.status(id)).state], [0, "cancelled"]);
});

test("a worker that was silent for too long is told that its claim is gone: the signal aborts, the result is refused", async () => {
  const clock = virtualClock();
  const { work, handler, started, reasons } = untilAborted(1);
  const { jobs } = createWorker({ store: engine.database.store, handlers: [] });
  const { id } = await jobs.enqueue(work, {});
  const running = engine.run({ handlers: [handler], clock });
  await Promise.all([started, clock.sleeperOf(20_000)]);
  await engine.loseAll();
  clock.advance(60_000);
  await running;
  assert.ok(isMayflyError(reasons[0], "claim_lost"), String(reasons[0]));
  const outcomes = (await engine.attempts(id)).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes.slice(0, 1), ["lost"]);
  assert.ok(!outcomes.includes("errored"), "what the late worker had to say was refused");
});

test("ids are checked before anything is asked", async () => {
  const { jobs } = createWorker({ store: engine.database.store, handlers: [] });
  for (const call of [jobs.cancel("x"), jobs.retry("x"), jobs.get("x")]) await assert.rejects(call, { code: "invalid_options" });
});
