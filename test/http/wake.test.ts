/**
 * `POST /v1/wake`: who may say that there are jobs, and what that sets off.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Runnable } from "../../src/enqueue/announce.ts";
import type { Driver } from "../../src/index.ts";
import { apiOver, BOSS, CRON, SHOP } from "../support/api.ts";

/** A database that is not to be asked. */
const ASLEEP: Driver = {
  query: () => Promise.reject(new Error("the database was asked")),
  transaction: () => Promise.reject(new Error("the database was asked")),
};

/** The API, and what consumers are told. */
function open() {
  const api = apiOver(ASLEEP);
  const told: Runnable[] = [];
  api.mayfly.onAnnounce((_env, _context, runnable) => {
    told.push(runnable);
    return () => {};
  });
  return { told, wake: (token: string, body?: unknown) => api.ask("POST", "/v1/wake", { token, body }) };
}

describe("a wake over HTTP", () => {
  test("is taken from producers and operators, and announced without a query", async () => {
    const { told, wake } = open();
    for (const token of [SHOP, BOSS]) {
      const { status, body } = await wake(token);
      assert.deepEqual([status, body], [200, {}]);
    }
    assert.deepEqual(
      told.map(({ ready, dueInMs }) => [ready, dueInMs]),
      [
        [1, null],
        [1, null],
      ],
    );
  });

  test("says when the jobs are due", async () => {
    const { told, wake } = open();
    for (const delay of ["10m", 5_000]) assert.equal((await wake(SHOP, { delay })).status, 200);
    assert.deepEqual(
      told.map(({ ready, dueInMs }) => [ready, dueInMs]),
      [
        [0, 600_000],
        [0, 5_000],
      ],
    );
  });

  test("is refused where it is not understood, or comes from a scheduler", async () => {
    const { told, wake } = open();
    const answers = [await wake(SHOP, { delay: "soon" }), await wake(SHOP, { at: 1 }), await wake(SHOP, "{"), await wake(CRON)];
    assert.deepEqual(
      answers.map(({ status, body }) => `${status} ${body.code}`),
      ["422 invalid_options", "422 invalid_options", "400 invalid_json", "403 forbidden"],
    );
    assert.deepEqual(told, []);
  });
});
