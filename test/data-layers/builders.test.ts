/**
 * `jobs.transaction` with what query builders make: their lists of parameters hold values of JavaScript.
 * @module
 */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { drizzle } from "drizzle-orm/node-postgres";
import { boolean, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import createKnex from "knex";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { defineJob, type TransactionStatement } from "../../src/index.ts";
import { createProducer, transactions } from "../../src/producer.ts";
import { useDatabase } from "../support/database.ts";

const work = defineJob("work");

const ROW = {
  id: 7,
  tags: ["a b", 'q"uo\\te', "", "NULL", "x,{y}"],
  settings: { deep: ["ö", null, 1.5] },
  at: new Date("2026-01-02T03:04:05.678Z"),
  yes: true,
  nothing: null,
};

const account = pgTable("account", {
  id: integer(),
  tags: text().array(),
  settings: jsonb(),
  at: timestamp({ withTimezone: true }),
  yes: boolean(),
  nothing: text(),
});

const knex = createKnex({ client: "pg" });
const kysely = new Kysely<{ account: typeof ROW }>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

describe("a row goes in with every value as it was", () => {
  const database = useDatabase((made) =>
    made
      .sql(
        "create table account (id integer, tags text[], settings jsonb, at timestamptz, yes boolean, nothing text, bytes bytea, matrix integer[])",
      )
      .then(() => {}),
  );
  beforeEach(() => database.sql("truncate account"));
  const jobs = createProducer<void>({ database: () => database.driver }).with(transactions);

  const stored = async (insert: TransactionStatement) => {
    await jobs.connect().transaction([jobs.connect().statement(work, {}), insert]);
    const [row] = await database.sql<typeof ROW>("select id, tags, settings, at, yes, nothing from account");
    return row;
  };

  test("as Drizzle's toSQL", async () => {
    const insert = drizzle.mock().insert(account).values(ROW).toSQL();
    assert.deepEqual(await stored(insert), ROW);
  });

  test("as Kysely's compile", async () => {
    assert.deepEqual(await stored(kysely.insertInto("account").values(ROW).compile()), ROW);
  });

  test("as Knex's toNative", async () => {
    assert.deepEqual(await stored(knex("account").insert(ROW).toSQL().toNative()), ROW);
  });

  test("as a pair, bytes and lists of lists too", async () => {
    await stored([
      "insert into account (bytes, matrix) values ($1, $2)",
      [
        new Uint8Array([0, 15, 255]),
        [
          [1, 2],
          [3, null],
        ],
      ],
    ]);
    assert.deepEqual(await database.sql("select encode(bytes, 'hex') as bytes, matrix from account"), [
      {
        bytes: "000fff",
        matrix: [
          [1, 2],
          [3, null],
        ],
      },
    ]);
  });
});
