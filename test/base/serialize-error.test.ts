import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serializeError } from "../../src/base/serialize-error.ts";

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
