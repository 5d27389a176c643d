/**
 * Guessing tokens takes too long to be worth it.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/mayfly/system-clock.ts";
import { operatorStore } from "../../src/store/operator-store.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";

function signInsOf({ driver }: SqlDatabase) {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 }).signIns;
}

const ago = (database: SqlDatabase, minutes: number) =>
  database.sql("update mayfly.sign_in set minute = minute - $1 * interval '1 minute'", [minutes]);

onEachPostgres((open) => {
  describe("sign-ins", () => {
    test("an address may fail ten times in a quarter of an hour, others not less for it", async () => {
      const database = await open();
      const signIns = signInsOf(database);
      for (let i = 0; i < 10; i++) {
        assert.ok(await signIns.mayTry("a"));
        if (i === 4) await ago(database, 3);
      }
      assert.equal(await signIns.mayTry("a"), false);
      assert.ok(await signIns.mayTry("b"));
      await ago(database, 16);
      assert.ok(await signIns.mayTry("a"));
    });

    test("many tries at once count like many in a row", async () => {
      const signIns = signInsOf(await open());
      const answers = await Promise.all(Array.from({ length: 40 }, () => signIns.mayTry("a")));
      assert.equal(answers.filter(Boolean).length, 10);
    });

    test("all together may fail three hundred times", async () => {
      const database = await open();
      const signIns = signInsOf(database);
      await database.sql(
        "insert into mayfly.sign_in (address, minute, failures) select 'bot ' || n, date_trunc('minute', now()), 10 from generate_series(1, 30) n",
      );
      assert.equal(await signIns.mayTry("a"), false);
    });

    test("a success does not count", async () => {
      const signIns = signInsOf(await open());
      for (let i = 0; i < 12; i++) {
        assert.ok(await signIns.mayTry("a"));
        await signIns.succeeded("a");
      }
    });

    test("what is old is deleted by the next try", async () => {
      const database = await open();
      const signIns = signInsOf(database);
      await signIns.mayTry("old");
      await ago(database, 61);
      await signIns.mayTry("new");
      assert.deepEqual(await database.sql("select address from mayfly.sign_in"), [{ address: "new" }]);
    });
  });
});
