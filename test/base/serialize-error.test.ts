import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createContext, runInContext } from "node:vm";
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

describe("the reason of an error is kept", () => {
  const textOf = (thrown: unknown) => {
    const { name, message, stack = "" } = serializeError(thrown, 10_000);
    return `${name}: ${message}\n${stack}`;
  };
  const aggregate = (message: string) => new AggregateError([new Error("connect ECONNREFUSED ::1:80"), new TypeError("no")], message);
  const cases: Record<string, readonly [thrown: unknown, RegExp]> = {
    "of many, in its message, where it has none of its own": [
      aggregate(""),
      /^AggregateError: AggregateError: connect ECONNREFUSED ::1:80; no\n/,
    ],
    "of many, in its message, after its own": [
      aggregate("All promises were rejected"),
      /^AggregateError: All promises were rejected: connect .*; no\n/,
    ],
    "of many, each with its stack": [aggregate(""), /Stands for: TypeError: no\n +at /],
    "a cause that is an error": [new Error("a", { cause: new Error("b") }), /Caused by: Error: b\n +at /],
    "a cause that is text": [new Error("a", { cause: "the disk is full" }), /Caused by: the disk is full/],
    "a cause that is an object": [new Error("a", { cause: { limit: 3 } }), /Caused by: \{"limit":3\}/],
    "own properties": [
      Object.assign(new Error("a"), { code: "E_NO", status: 503, config: { headers: {} } }),
      /\{"code":"E_NO","status":503\}/,
    ],
    "properties of a cause": [
      new Error("a", { cause: Object.assign(new Error("b"), { code: 7 }) }),
      /Caused by: Error: b[^{]*\{"code":7\}/,
    ],
    "of another realm": [runInContext("new RangeError('too far')", createContext()), /^RangeError: too far\n[\s\S]*at /],
    "beside a property that cannot be read": [
      Object.defineProperty(Object.assign(new Error("a"), { code: 1 }), "bad", { enumerable: true, get: () => assert.fail() }),
      /^Error: a[\s\S]*\{"code":1\}/,
    ],
  };
  for (const [what, [thrown, expected]] of Object.entries(cases)) {
    test(what, () => assert.match(textOf(thrown), expected));
  }

  test("of errors without end, ten", () => {
    const endless = new Error("again");
    endless.cause = endless;
    assert.equal(textOf(endless).split("Caused by").length, 11);
  });
});
