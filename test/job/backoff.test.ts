import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exponential, retryDelayMs } from "../../src/job/backoff.ts";

const never = () => 0;

test("an exponential delay doubles up to its most", () => {
  const delay = exponential({ base: "1s", max: "10s" });
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50, 5_000].map((attempt) => retryDelayMs(delay, attempt, undefined, never).ms),
    [1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000],
  );
});

test("jitter takes off at most its share", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, jitter, dice) => {
        const full = retryDelayMs(exponential({ base: "1s", max: "1d" }), attempt, undefined, never).ms;
        const { ms } = retryDelayMs(exponential({ base: "1s", max: "1d", jitter }), attempt, undefined, () => dice);
        assert.ok(ms <= full && ms >= Math.floor(full * (1 - jitter)));
      },
    ),
  );
});

test("a rule of one's own gets the attempt and the error; one that fails counts as no delay, and says so", () => {
  const error = new Error("x");
  const seen: unknown[] = [];
  const rule = (...given: unknown[]) => {
    seen.push(...given);
    return "3s";
  };
  assert.deepEqual(retryDelayMs(rule, 2, error, never), { ms: 3_000 });
  assert.deepEqual(seen, [2, error]);
  assert.match(retryDelayMs(() => assert.fail("broken"), 1, error, never).problem ?? "", /retryDelay threw: broken/);
  assert.deepEqual(
    retryDelayMs(() => "soon", 1, error, never),
    { ms: 0, problem: "retryDelay gave soon, which is not a duration" },
  );
  assert.equal(retryDelayMs("100w", 1, error, never).ms, 30 * 86_400_000);
});

test("what makes no sense is refused when it is written", () => {
  for (const options of [{ base: "x" }, { base: "1s", max: "-1s" }, { base: "1s", factor: 0.5 }, { base: "1s", jitter: 2 }]) {
    assert.throws(() => exponential(options), RangeError);
  }
});
