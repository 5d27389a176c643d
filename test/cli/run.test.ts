/**
 * `mayfly run`: a handler here and now.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleQueue } from "./sample-queue.ts";

const { database, mayfly, json } = sampleQueue();

test("the handler here and now, with middleware and a real client, and no row of its own", async () => {
  const outcome = { n: 1, attempt: 1, name: "echo", outcome: "enqueued", wrapped: true };
  const { code, answer, all } = await mayfly("run", "old-echo", "--payload", '{"n": 1}');
  assert.deepEqual([code, JSON.parse(answer)], [0, outcome], all);
  assert.match(all, /"echoing"/);
  assert.deepEqual(await database.sql("select name from mayfly.job"), [{ name: "keyed" }]);
  assert.deepEqual(await database.sql("select id from mayfly.result"), []);
  const again = await json("run", "echo", "--payload", '{"n": 1}');
  assert.deepEqual(again, { outcome: "successful", output: { ...outcome, outcome: "blocked" } });
});

test("a failure has its stack, a time-out ends it, a deferral is told", async () => {
  const [failed, data, late, stuck, nothing] = await Promise.all([
    mayfly("run", "fails"),
    mayfly("run", "fails", "--json"),
    mayfly("run", "later"),
    mayfly("run", "stuck"),
    mayfly("run", "keyed"),
  ]);
  assert.equal(failed.code, 1);
  assert.match(failed.all, /Error: no luck\n +at .*sample\.config\.ts/);
  assert.equal(data.code, 1);
  assert.match(data.answer, /^\{"outcome":"errored","error":\{"name":"Error","message":"no luck"/);
  assert.deepEqual([late.code, late.answer], [0, "It deferred itself by 10m: nothing was enqueued.\n"]);
  assert.equal(stuck.code, 1);
  assert.match(stuck.all, /stuck ran longer than its time-out of 100ms/);
  assert.deepEqual([nothing.code, nothing.answer], [0, "It returned nothing.\n"]);
});
