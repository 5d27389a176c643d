/**
 * Wrong tokens are counted by where they come from.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";

function signInsOf({ driver }: SqlDatabase) {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 }).signIns;
}

const ago = (database: SqlDatabase, minutes: number) =>
  database.sql("update mayfly.sign_in set minute = minute - $1 * interval '1 minute'", [minutes]);

onEachPostgres((open) => {
  describe("wrong tokens", () => {
    test("an address may fail ten times in a quarter of an hour, others not less for it", async () => {
      const database = await open();
      const signIns = signInsOf(database);
      for (let i = 0; i < 10; i++) {
        assert.ok(await signIns.failed("a"));
        if (i === 4) await ago(database, 3);
      }
      assert.equal(await signIns.failed("a"), false);
      assert.ok(await signIns.failed("b"));
      await ago(database, 16);
      assert.ok(await signIns.failed("a"));
    });

    test("many tries at once count like many in a row", async () => {
      const signIns = signInsOf(await open());
      const answers = await Promise.all(Array.from({ length: 40 }, () => signIns.failed("a")));
      assert.equal(answers.filter(Boolean).length, 10);
    });

    test("however many fail elsewhere, an address has its own count", async () => {
      const database = await open();
      const signIns = signInsOf(database);
      await database.sql(
        "insert into mayfly.sign_in (address, minute, failures) select 'bot ' || n, date_trunc('minute', now()), 10 from generate_series(1, 3000) n",
      );
      assert.ok(await signIns.failed("a"));
    });

    test("what is old is deleted by the next try", async () => {
      const database = await open();
      const signIns = signInsOf(database);
      await signIns.failed("old");
      await ago(database, 16);
      await signIns.failed("new");
      assert.deepEqual(await database.sql("select address from mayfly.sign_in"), [{ address: "new" }]);
    });
  });
});
