import assert from "node:assert/strict";
import { test } from "node:test";
import { callSite } from "../../src/base/call-site.ts";

function here(): string | undefined {
  return callSite(here);
}

/** The line of this file that the text is on. */
function lineOf(stack: string | undefined): number {
  return Number(/call-site\.test\.ts:(\d+):/.exec(stack ?? "")?.[1]);
}

test("it is the file and line of the caller, without column and scheme", () => {
  const [site, stack] = [here(), new Error().stack];
  assert.equal(site, `${import.meta.filename}:${lineOf(stack)}`);
});

test("frames between are cut off, and callers of every kind are read", async () => {
  const through = (...values: number[]) => values.map(() => here());
  const object = { method: () => here() };
  class Maker {
    readonly site = here();
  }
  const sites = [...through(1), object.method(), new Maker().site, await Promise.resolve().then(() => here())];
  for (const site of sites) assert.ok(site?.startsWith(`${import.meta.filename}:`), site);
});

test("the program's stack depth stays as it was", () => {
  const before = Error.stackTraceLimit;
  here();
  assert.equal(Error.stackTraceLimit, before);
});

test("it is undefined where there is nothing to read", (context) => {
  assert.equal(
    callSite(() => {}),
    undefined,
  );
  for (const stack of [
    "Error\n    at <anonymous>",
    "Error\n    at eval (eval at x (/a.js:1:2), <anonymous>:1:1)",
    "here@/a.js:1:2",
    undefined,
  ]) {
    context.mock.method(Error, "captureStackTrace", (holder: { stack: unknown }) => Object.assign(holder, { stack }));
    assert.equal(here(), undefined);
  }
  context.mock.method(Error, "captureStackTrace", () => assert.fail("not today"));
  assert.equal(here(), undefined);
  Object.assign(Error, { captureStackTrace: undefined });
  assert.equal(here(), undefined);
});

test("paths with spaces and parentheses are read whole", (context) => {
  for (const [frame, site] of [
    ["at work (file:///app/my (old)/jobs.ts:12:3)", "/app/my (old)/jobs.ts:12"],
    ["at file:///app/my (old)/jobs.ts:12:3", "/app/my (old)/jobs.ts:12"],
    ["at async file:///app/jobs.ts:12:3", "/app/jobs.ts:12"],
    ["at Object.run [as go] (C:\\app\\jobs.js:1:2)", "C:\\app\\jobs.js:1"],
    ["at worker.js:7:1", "worker.js:7"],
  ] as const) {
    context.mock.method(Error, "captureStackTrace", (holder: { stack: unknown }) =>
      Object.assign(holder, { stack: `Error\n    ${frame}` }),
    );
    assert.equal(here(), site);
  }
});
