/**
 * Without an SDK nothing is made ready for one.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Send } from "../../src/telemetry/send.ts";

test("an enqueue that nobody listens to is asked for nothing", () => {
  const ask = () => assert.fail("it was asked");
  assert.equal(Send.start(ask, { attributes: ask, created: ask }), undefined);
});
