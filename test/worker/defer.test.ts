/**
 * Deferral: put back, no error, the key kept, and bounded where it counts.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defer } from "../../src/job/defer.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { useEngine } from "../support/engine.ts";
import { createWorker } from "../support/worker.ts";

const engine = useEngine();

test("a deferred job runs again after its delay, without an error, without an attempt less, and with all it had", async () => {
  const work = defineJob<"work", { n: number }>("work", { retries: 1, concurrencyKey: () => "k" });
  const attempts: number[] = [];
  const handlers = [
    work.handle(({ attempt }) => {
      attempts.push(attempt);
      return attempts.length < 4 ? defer("10m") : "done";
    }),
  ];
  const { jobs } = createWorker({ store: engine.database.store, handlers });
  const { id } = await jobs.enqueue(work, { n: 1 }, { priority: 7, source: "here", traceparent: "trace" });
  for (let time = 0; time < 4; time++) {
    const { deferred, successful } = await engine.run({ handlers });
    assert.deepEqual([deferred, successful], time < 3 ? [1, 0] : [0, 1]);
    if (time < 3) assert.equal((await jobs.enqueue(work, { n: 2 })).outcome, "blocked", "its key is held between attempts");
    const [row] = await engine.database.sql(
      `select round(extract(epoch from s.run_at - now()) / 60)::int as minutes, s.priority, j.source, j.traceparent, j.payload
       from mayfly.scheduled s join mayfly.job j on j.id = s.id`,
    );
    if (time < 3) assert.deepEqual(row, { minutes: 10, priority: 7, source: "here", traceparent: "trace", payload: { n: 1 } });
    await engine.makeDue();
  }
  assert.deepEqual(attempts, [1, 1, 1, 1]);
  assert.deepEqual(
    (await engine.attempts(id)).map(({ outcome, error, retryAt }) => [outcome, error, retryAt !== undefined]),
    [
      ["deferred", undefined, true],
      ["deferred", undefined, true],
      ["deferred", undefined, true],
      ["successful", undefined, false],
    ],
  );
});

test("deferrals that count end the job once there are more of them than its retries allow", async () => {
  const work = defineJob("work", { retries: 2 });
  let calls = 0;
  const handlers = [
    work.handle(() => {
      calls++;
      return defer(0, { countsAsAttempt: true });
    }),
  ];
  const { jobs } = createWorker({ store: engine.database.store, handlers });
  const { id } = await jobs.enqueue(work, {});
  for (let time = 0; time < 5; time++) await engine.run({ handlers });
  const { state, attempts } = await engine.status(id);
  assert.equal(calls, 3);
  assert.deepEqual(
    [state, attempts.map(({ outcome, attempt }) => [outcome, attempt])],
    [
      "errored",
      [
        ["deferred", 1],
        ["deferred", 2],
        ["errored", 3],
      ],
    ],
  );
  assert.match(attempts.at(-1)?.error?.message ?? "", /deferred 3 times/);
});

test("a malformed delay is told where it is written", () => {
  assert.throws(() => defer("ten minutes"), { name: "RangeError", message: /"ten minutes"/ });
  assert.throws(() => defer(-1), RangeError);
});
