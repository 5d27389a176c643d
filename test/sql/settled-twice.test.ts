/**
 * Several settlements of one attempt in one turn.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onEachPostgres } from "../support/each-postgres.ts";
import { failure, holdAll, success } from "../support/samples.ts";

onEachPostgres((open) => {
  describe("an attempt that is settled twice in one turn", () => {
    for (const [what, end, left] of [
      ["an error", failure, { outcome: "errored" }],
      ["an output", (id: string, claimId: string) => success(id, claimId, { output: 1 }), { outcome: "successful" }],
    ] as const) {
      test(`counts once: ${what}`, async () => {
        const database = await open();
        const { ids, claimId, settle } = await holdAll(database, [{}, {}]);
        const [twice = "", once = ""] = ids;
        const { rejections } = await settle(end(twice, claimId), end(once, claimId), end(twice, claimId));
        assert.deepEqual(rejections, []);
        assert.deepEqual(await database.sql("select outcome from mayfly.result"), [left, left]);
        assert.deepEqual(await database.sql("select id from mayfly.running"), []);
      });
    }

    test("counts as the first says, where they differ", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{ retries: 1 }]);
      const [id = ""] = ids;
      await settle(failure(id, claimId, 60_000), failure(id, claimId));
      assert.deepEqual(await database.sql("select id, state from mayfly.live"), [{ id, state: "scheduled" }]);
      assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "errored" }]);
    });
  });
});
