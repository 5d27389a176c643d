/**
 * What a worker has under way, and what it says that it holds.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import type { ClaimedJob } from "../../src/store/claimed-job.ts";
import type { Store, TurnReply } from "../../src/store/store.ts";
import { Bell } from "../../src/worker/bell.ts";
import { Bench } from "../../src/worker/bench.ts";
import { until } from "../support/condition.ts";
import { newId } from "../support/samples.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker } from "../support/worker.ts";

test("a claim that is gone stops its own attempt, not that of a later claim of the same job", async () => {
  const work = defineJob("work");
  const signals: AbortSignal[] = [];
  const release = Promise.withResolvers<void>();
  const handler = work.handle<undefined>(({ signal }) => {
    signals.push(signal);
    return release.promise;
  });
  const bench = new Bench(createWorker({ store: {} as Store, handlers: [handler] }), new Bell());
  const id = newId();
  bench.accept(replyWith({ jobs: [claimedJob(id, 1)] }), "first");
  const asked = bench.holding;
  bench.accept(replyWith({ jobs: [claimedJob(id, 2)] }), "second");
  bench.accept(replyWith({ gone: [id] }), "third", asked);
  await until(() => signals.length === 2);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
  await until(() => bench.holding.length === 1);
  assert.deepEqual(bench.holding, [[id, "second"]]);
  release.resolve();
  await until(() => bench.takeFinished().some(({ claimId, outcome }) => claimId === "second" && outcome === "successful"));
});

test("an attempt that timed out, whose handler goes on, is no longer held; the same job's next attempt is, and nothing of the first ends it", async () => {
  const clock = virtualClock();
  const work = defineJob("work", { timeout: "10s" });
  const calls: PromiseWithResolvers<void>[] = [];
  const signals: AbortSignal[] = [];
  const handler = work.handle<undefined>(({ signal }) => {
    calls.push(Promise.withResolvers());
    signals.push(signal);
    return calls.at(-1)?.promise;
  });
  const bench = new Bench(createWorker({ store: {} as Store, handlers: [handler], clock }), new Bell());
  const id = newId();
  bench.accept(replyWith({ jobs: [claimedJob(id, 1)] }), "first");
  clock.advance(10_000);
  const told = await until(() => {
    const finished = bench.takeFinished();
    return finished.length > 0 && finished;
  });
  assert.deepEqual(
    told.map(({ claimId, outcome }) => [claimId, outcome]),
    [["first", "errored"]],
  );
  bench.accept(replyWith({ jobs: [claimedJob(id, 2)] }), "second");
  await until(() => signals.length === 2);
  assert.deepEqual([bench.running, bench.holding], [2, [[id, "second"]]]);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
  for (const { resolve } of calls) resolve();
});

function replyWith(more: Partial<TurnReply>): TurnReply {
  return { jobs: [], cancels: [], gone: [], ...more } as unknown as TurnReply;
}

function claimedJob(id: string, attempt: number): ClaimedJob {
  return {
    id,
    name: "work",
    queue: "default",
    attempt,
    retries: 3,
    timeoutMs: null,
    hook: null,
    payload: {},
    key: null,
  } as unknown as ClaimedJob;
}
