/**
 * An enqueue in a transaction that a client of the user's own runs, which writes each parameter for the type that the database declares.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import postgres from "postgres";
import { defineJob, type StatementTuple } from "../../src/index.ts";
import { createProducer, transactions } from "../../src/producer.ts";
import { empty } from "../support/content.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";

const work = defineJob<"work", { words: string }>("work");
const keyed = defineJob<"keyed", { n: number }>("keyed", { concurrencyKey: ({ n }) => `k${n}` });
const few = defineJob("few", { limit: { live: 1 } });

/** The last is postgres.js as Drizzle sets it up: it leaves JSON as it is, and still writes booleans. */
const CLIENTS = [
  ["postgres.js, which prepares", true, false],
  ["postgres.js, which does not prepare", false, false],
  ["postgres.js, under Drizzle", true, true],
] as const;

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    let database: TestDatabase;
    before(async () => {
      server = await testServer(version);
      database = await server.database();
      await database.sql("create table account (id integer)");
    });
    after(async () => {
      await database.close();
      await server.stop();
    });
    beforeEach(async () => {
      await empty(database);
      await database.sql("truncate account");
    });

    const jobs = createProducer<void>({ database: () => database.driver }).with(transactions);
    const found = () =>
      database.sql(
        "select (select json_agg(j.name order by j.id) from mayfly.job j) as jobs, (select count(*)::int from account) as accounts",
      );

    for (const [client, prepare, leavesJson] of CLIENTS) {
      describe(client, () => {
        let sql: postgres.Sql;
        before(() => {
          sql = postgres(database.url, { prepare, max: 1 });
          if (leavesJson) for (const type of [114, 3802]) sql.options.serializers[type] = (value: unknown) => value;
        });
        after(() => sql.end());

        /** The enqueue, and a row of the user's own. */
        const commit = ([text, params]: StatementTuple) =>
          sql.begin(async (transaction) => {
            const rows = await transaction.unsafe(text, [...params]);
            await transaction`insert into account values (1)`;
            return rows.map(({ outcome }) => outcome);
          });

        test("the job is there with the user's row, its payload as it was given", async () => {
          const words = `"quoted" \\ ö \u{1f980} {}`;
          const client = jobs.connect();
          assert.deepEqual(await commit(client.statement(work, { words })), ["enqueued"]);
          assert.deepEqual(await database.sql("select name, payload from mayfly.job"), [{ name: "work", payload: { words } }]);
          assert.deepEqual(await found(), [{ jobs: ["work"], accounts: 1 }]);
        });

        test("where the job does not go in, the user's row does not either", async () => {
          const client = jobs.connect();
          const id = "01890000-0000-7000-8000-000000000001";
          await commit(client.statement(work, { words: "" }, { id }));
          await commit(client.statement(keyed, { n: 1 }));
          await commit(client.statement(few, {}));
          const before = await found();
          await assert.rejects(commit(client.statement(work, { words: "" }, { id })), { code: "MF001" });
          await assert.rejects(commit(client.statement(keyed, { n: 1 })), { code: "MF002" });
          await assert.rejects(commit(client.statement(few, {})), { code: "MF003" });
          assert.deepEqual(await found(), before);
        });

        test("with allowBlocked the user's row goes in without the job, and the outcome says so", async () => {
          const client = jobs.connect();
          await commit(client.statement(keyed, { n: 1 }));
          assert.deepEqual(await commit(client.statement(keyed, { n: 1 }, { allowBlocked: true })), ["blocked"]);
          assert.deepEqual(await found(), [{ jobs: ["keyed"], accounts: 2 }]);
        });
      });
    }
  });
}
