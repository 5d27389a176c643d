/**
 * The default logger: a line for whatever comes, and no error of its own.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serializeError } from "../../src/base/serialize-error.ts";
import { consoleLogger } from "../../src/telemetry/console-logger.ts";

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const ODD: Record<string, unknown> = {
  cycle: cyclic,
  "error with a cyclic cause": new Error("no", { cause: cyclic }),
  bigint: { n: 1n },
  "no prototype": Object.assign(Object.create(null) as object, { n: 1n }),
  "a stack that is no text": Object.assign(new Error("no"), { stack: 5 }),
  "a name that throws": Object.defineProperty(new Error("no"), "name", {
    get() {
      throw new Error("name");
    },
  }),
  undefined: undefined,
  symbol: Symbol("s"),
};

test("whatever is logged, it is one line of JSON with its message", (context) => {
  const lines: string[] = [];
  context.mock.method(console, "error", (line: string) => void lines.push(line));
  for (const [what, error] of Object.entries(ODD)) consoleLogger({ jobId: "1" }).error(what, { error, more: "kept" });
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    told.map(({ level, message, jobId, more }) => [level, message, jobId, more]),
    Object.keys(ODD).map((what) => ["error", what, "1", "kept"]),
  );
});

test("whatever is thrown, it can be kept as an error", () => {
  for (const thrown of Object.values(ODD)) {
    const { name, message } = serializeError(thrown, 1_000);
    assert.deepEqual([typeof name, typeof message], ["string", "string"]);
  }
});
