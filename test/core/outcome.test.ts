import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serializeError, settleError } from "../../src/core/outcome.ts";

test("an error of any text is kept within its limit, as text that jsonb takes", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary" }),
      fc.integer({ min: 300, max: 4_000 }),
      (message, cause, maxBytes) => {
        const error = serializeError(new Error(message.repeat(50), { cause: new Error(cause.repeat(50)) }), maxBytes);
        const text = `${error.name}${error.message}${error.stack ?? ""}`;
        assert.ok(new TextEncoder().encode(text).length <= maxBytes);
        assert.ok(text.isWellFormed() && !text.includes("\0"));
      },
    ),
  );
});

test("whatever is thrown, it is told", () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  assert.deepEqual(
    ["x", 5, undefined, null, cyclic].map((thrown) => serializeError(thrown, 1_000).message),
    ["x", "5", "undefined", "null", "[object Object]"],
  );
});

test("an idempotent job that was cut off runs again without an attempt less, five times in a row; any other is charged", () => {
  const decide = (job: { idempotent: boolean; uncharged: number; attempt: number; retries: number }, interrupted = true) => {
    const { againMs, charge } = settleError({ id: "", ...job }, "", new Error("cut off"), {
      delayMs: 9,
      final: false,
      interrupted,
      maxBytes: 1_000,
    });
    return [againMs, charge];
  };
  assert.deepEqual(decide({ idempotent: true, uncharged: 4, attempt: 1, retries: 0 }), [9, false]);
  assert.deepEqual(decide({ idempotent: true, uncharged: 5, attempt: 1, retries: 0 }), [null, true]);
  assert.deepEqual(decide({ idempotent: true, uncharged: 5, attempt: 1, retries: 1 }), [9, true]);
  assert.deepEqual(decide({ idempotent: false, uncharged: 0, attempt: 1, retries: 0 }), [null, true]);
  assert.deepEqual(decide({ idempotent: true, uncharged: 0, attempt: 1, retries: 0 }, false), [null, true]);
});
