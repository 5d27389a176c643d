/**
 * What is known of a failed call, from whatever a client threw.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { needsNewSession, toDriverError } from "../../../src/postgres/driver/classify.ts";

/** As a client throws what the database has said. */
const said = (code: string) => Object.assign(new Error("said"), { code, severity: "ERROR" });

test("an SQLSTATE tells whether the statement can have happened", () => {
  for (const state of ["23505", "42P01", "40001", "40P01", "57014", "55P03", "53100", "MF001", "XX000"])
    assert.equal(toDriverError(said(state)).failure, "definite", state);
  for (const state of ["08001", "08004", "57P03", "53300", "25P02", "26000"])
    assert.equal(toDriverError(said(state)).failure, "before", state);
  for (const state of ["08003", "08006", "08007", "40003", "57P01", "57P02", "57P05", "25P03"])
    assert.equal(toDriverError(said(state)).failure, "unknown", state);
});

test("a plan that is stale was never run", () => {
  assert.equal(toDriverError({ ...said("0A000"), message: "said", routine: "RevalidateCachedQuery" }).failure, "before");
  assert.equal(toDriverError(said("0A000")).failure, "definite");
});

test("a session is kept after what a statement did wrong, and not after what may be the session's fault", () => {
  const isReplaced = (state: string) => needsNewSession(toDriverError(said(state)));
  for (const state of ["23505", "42P01", "40001", "40P01", "55P03", "MF001", "22023"]) assert.equal(isReplaced(state), false, state);
  for (const state of ["25006", "25P02", "26000", "57014", "53100", "57P01", "08006"]) assert.equal(isReplaced(state), true, state);
});

test("a socket that never opened means before; one that broke means unknown; so does anything else", () => {
  const socket = (code: string) => Object.assign(new Error(code), { code });
  for (const code of ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]) {
    assert.equal(toDriverError(socket(code)).failure, "before", code);
    assert.equal(toDriverError(new TypeError("fetch failed", { cause: socket(code) })).failure, "before", code);
    assert.equal(toDriverError(new AggregateError([socket(code)])).failure, "before", code);
    assert.equal(
      toDriverError(Object.assign(new Error("Neon"), { sourceError: new TypeError("fetch failed", { cause: socket(code) }) })).failure,
      "before",
      code,
    );
  }
  for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT"]) assert.equal(toDriverError(socket(code)).failure, "unknown", code);
  for (const thrown of ["text", undefined, null, {}, new Error("")]) assert.equal(toDriverError(thrown).failure, "unknown");
  assert.equal(toDriverError(new Error("timeout exceeded when trying to connect")).failure, "before");
});

test("no message holds a connection string or the secret", () => {
  const { message } = toDriverError(new Error("could not use postgresql://user:hunter2@host/db, password hunter2"), "hunter2");
  assert.ok(!message.includes("hunter2") && !message.includes("host/db"), message);
});

test("what is one already stays the same", () => {
  const error = toDriverError(said("23505"));
  assert.equal(toDriverError(error), error);
  assert.deepEqual([error.code, error.sqlState], ["database_error", "23505"]);
});
