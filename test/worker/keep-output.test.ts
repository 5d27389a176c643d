/**
 * What is kept of what a handler returned.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keepOutput } from "../../src/worker/keep-output.ts";

class Money {
  readonly euros = 3;
}
const circular: { self?: unknown; n: number } = { n: 1 };
circular.self = circular;
const unreadable = () => {
  throw new Error("no");
};

describe("of an output is kept", () => {
  const kept: Record<string, readonly [output: unknown, kept: unknown]> = {
    "a date, as text": [{ at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
    "a bigint, as text": [{ n: 2n ** 64n }, { n: "18446744073709551616" }],
    "what has a toJSON, as that": [[new URL("https://a.example/b")], ["https://a.example/b"]],
    "an object of a class, by its properties": [new Money(), { euros: 3 }],
    "nothing of what is undefined": [{ a: undefined, b: [undefined] }, { b: [null] }],
  };
  for (const [what, [output, expected]] of Object.entries(kept)) {
    test(what, () => assert.deepEqual(keepOutput(output, 1_000), { output: expected }));
  }
  test("nothing, where there is none", () => assert.deepEqual(keepOutput(undefined, 1_000), {}));
});

describe("in the place of what JSON cannot hold stands what it was", () => {
  const named: Record<string, readonly [output: unknown, kept: unknown]> = {
    "a map": [
      { a: new Map(), b: 1 },
      { a: "(left out: a Map)", b: 1 },
    ],
    "no number": [{ a: Number.NaN }, { a: "(left out: NaN)" }],
    "a function": [[() => {}], ["(left out: a function)"]],
    "text with NUL": [{ a: "\0" }, { a: "(left out: text that Postgres cannot store)" }],
    "what contains itself": [circular, { n: 1, self: "(left out: what contains itself)" }],
    "a getter that throws": [
      Object.defineProperty({ b: 1 }, "a", { enumerable: true, get: unreadable }),
      { b: 1, a: "(left out: what cannot be read)" },
    ],
    "a Proxy that throws": [
      new Proxy({}, { ownKeys: unreadable, get: unreadable, has: unreadable, getPrototypeOf: unreadable }),
      "(left out: what cannot be read)",
    ],
    "a toJSON that throws": [{ a: { toJSON: unreadable } }, { a: "(left out: what cannot be read)" }],
  };
  for (const [what, [output, expected]] of Object.entries(named)) {
    test(what, () => {
      const { output: value, problem } = keepOutput(output, 1_000);
      assert.deepEqual(value, expected);
      assert.match(problem ?? "", /left out/);
    });
  }

  test("something too large", () => {
    assert.deepEqual(keepOutput("x".repeat(50), 40).output, "(left out: 52 bytes of JSON, and at most 40 are kept)");
  });

  test("something nested too deep", () => {
    let deep: unknown = new Date(0);
    for (let n = 0; n < 10_000; n++) deep = [deep];
    assert.match(JSON.stringify(keepOutput(deep, 10_000).output), /left out: what is nested more than 200 deep/);
  });
});
