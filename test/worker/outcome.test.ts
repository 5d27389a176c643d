import assert from "node:assert/strict";
import { test } from "node:test";
import { settleDeferral, settleError } from "../../src/worker/outcome.ts";

test("an idempotent job that was cut off runs again without an attempt less, five times in a row; any other is charged", () => {
  const decide = (job: { idempotent: boolean; freeAttempts: number; attempt: number; retries: number }, interrupted = true) => {
    const { retryInMs, countsAsAttempt } = settleError({ job: { id: "", ...job }, claimId: "" }, new Error("cut off"), {
      delayMs: 9,
      interrupted,
      maxBytes: 1_000,
    });
    return [retryInMs, countsAsAttempt];
  };
  assert.deepEqual(decide({ idempotent: true, freeAttempts: 4, attempt: 1, retries: 0 }), [9, false]);
  assert.deepEqual(decide({ idempotent: true, freeAttempts: 5, attempt: 1, retries: 0 }), [null, true]);
  assert.deepEqual(decide({ idempotent: true, freeAttempts: 5, attempt: 1, retries: 1 }), [9, true]);
  assert.deepEqual(decide({ idempotent: false, freeAttempts: 0, attempt: 1, retries: 0 }), [null, true]);
  assert.deepEqual(decide({ idempotent: true, freeAttempts: 0, attempt: 1, retries: 0 }, false), [null, true]);
});

test("a deferral that does not count lasts a second at least; one that counts as long as it says", () => {
  const deferred = (countsAsAttempt: boolean, delayMs: number) =>
    settleDeferral({ job: { id: "", attempt: 1, retries: 1 }, claimId: "" }, { delayMs, countsAsAttempt }).retryInMs;
  assert.deepEqual([deferred(false, 0), deferred(false, 1_500), deferred(true, 0)], [1_000, 1_500, 0]);
});
