/**
 * What an error means by its code, it means only where the worker itself made it: a handler may throw whatever it likes.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MayflyError } from "../../src/base/errors.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { drain } from "../../src/worker/drain.ts";
import { processMissing } from "../../src/worker/process-ends.ts";
import { useEngine } from "../support/engine.ts";
import { newJob } from "../support/samples.ts";
import { createWorker } from "../support/worker.ts";

const engine = useEngine();
const work = defineJob("work");

for (const code of ["claim_lost", "job_cancelled", "job_lost", "job_interrupted", "job_timed_out"] as const) {
  test(`a handler that throws ${code} has failed: the attempt is errored, and counts`, async () => {
    const called: string[] = [];
    const job = newJob({ retries: 1, idempotent: true });
    await engine.database.store.enqueue([job]);
    const handler = work.handle<undefined>(() => Promise.reject(new MayflyError(code, "not so")), {
      onAborted: () => void called.push("aborted"),
      onFailed: () => void called.push("failed"),
    });
    for (let n = 0; n < 3; n++) await engine.run({ handlers: [handler] });
    assert.deepEqual(
      (await engine.attempts(job.id)).map(({ outcome, attempt, error }) => [outcome, attempt, error?.message]),
      [
        ["errored", 1, "not so"],
        ["errored", 2, "not so"],
      ],
    );
    assert.deepEqual(called, ["failed"]);
  });
}

test("an attempt for which there was no process has not begun: the job is given back, and nothing counts", async () => {
  const job = newJob();
  await engine.database.store.enqueue([job]);
  let missing = 1;
  const worker = createWorker({ store: engine.database.store, handlers: [work.handle<undefined>(() => "here")] });
  const execute = () => (missing-- > 0 ? Promise.reject(processMissing()) : Promise.resolve({ output: "there" }));
  await drain({ ...worker, execute }, { park: true, waitMs: 0 });
  assert.deepEqual(
    (await engine.attempts(job.id)).map(({ outcome, attempt, output }) => [outcome, attempt, output]),
    [["successful", 1, "there"]],
  );
});
