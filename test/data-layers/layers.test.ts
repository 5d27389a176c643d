/**
 * An enqueue in a transaction of a client, a query builder or an ORM: the job and the user's rows go in together, or neither.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { outcomeOf } from "../../src/data-layers/index.ts";
import { defineJob } from "../../src/index.ts";
import { migrate } from "../../src/migrate.ts";
import { pglite } from "../../src/postgres/driver/pglite.ts";
import { createProducer, type Driver, transactions } from "../../src/producer.ts";
import { empty } from "../support/content.ts";
import { useDatabase } from "../support/database.ts";
import { EMBEDDED_LAYERS, LAYERS, type Layer } from "./layers.ts";
import { openPrisma } from "./prisma.ts";

const work = defineJob<"work", { words: string }>("work");
const keyed = defineJob<"keyed", { n: number }>("keyed", { concurrencyKey: ({ n }) => `k${n}` });
const few = defineJob("few", { limit: { live: 1 } });
const ID = "01890000-0000-7000-8000-000000000001";

interface Place {
  readonly driver: Driver;
  sql(text: string): Promise<unknown[]>;
}

function keepsItsPromises(place: Place, open: () => Promise<Layer>): void {
  const producer = createProducer<void>({ database: () => place.driver }).with(transactions);
  const found = async () => {
    const [row] = await place.sql(
      "select (select string_agg(j.name, ',' order by j.name) from mayfly.job j) as jobs, (select string_agg(a.id::text, ',') from account a) as accounts",
    );
    return row;
  };
  let layer: Layer;
  before(async () => {
    layer = await open();
  });
  after(() => layer?.close());

  test("the job goes in with the user's row, its payload as it was given", async () => {
    const words = `"quoted" \\ $1 ? ö \u{1f980} {}`;
    await layer.commit(producer.connect().statement(work, { words }), 1);
    assert.deepEqual(await found(), { jobs: "work", accounts: "1" });
    assert.deepEqual(await place.sql("select payload ->> 'words' as words from mayfly.job"), [{ words }]);
  });

  test("where the user's row does not go in, the job does not either, and the error is the user's", async () => {
    const error = await failureOf(layer.commit(producer.connect().statement(work, { words: "" }), null));
    assert.equal(outcomeOf(error), undefined);
    assert.deepEqual(await found(), { jobs: null, accounts: null });
  });

  for (const [outcome, statement] of [
    ["duplicate", () => producer.connect().statement(work, { words: "" }, { id: ID })],
    ["blocked", () => producer.connect().statement(keyed, { n: 1 })],
    ["limited", () => producer.connect().statement(few, {})],
  ] as const) {
    test(`where the job is ${outcome}, the user's row does not go in, and the error says so`, async () => {
      await layer.commit(statement(), 1);
      const committed = await found();
      assert.equal(outcomeOf(await failureOf(layer.commit(statement(), 2))), outcome);
      assert.deepEqual(await found(), committed);
    });
  }
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  const answer = await call.then(
    () => "it was committed",
    (error: unknown) => ({ error }),
  );
  if (typeof answer === "string") assert.fail(answer);
  return answer.error;
}

describe("on Postgres", () => {
  const database = useDatabase((made) => made.sql("create table account (id integer not null)").then(() => {}));
  beforeEach(() => database.sql("truncate account"));
  for (const [name, open] of Object.entries({ ...LAYERS, Prisma: openPrisma })) {
    describe(name, () => keepsItsPromises(database, () => open(database.url)));
  }

  test("jobs.transaction tells the same by its error", async () => {
    const jobs = createProducer<void>({ database: () => database.driver })
      .with(transactions)
      .connect();
    await jobs.transaction([jobs.statement(keyed, { n: 1 })]);
    assert.equal(outcomeOf(await failureOf(jobs.transaction([jobs.statement(keyed, { n: 1 })]))), "blocked");
  });
});

describe("in the process", () => {
  let db: PGlite;
  const place = {
    get driver() {
      return pglite(db);
    },
    sql: async (text: string) => (await db.query(text)).rows,
  };
  before(async () => {
    db = await PGlite.create();
    await migrate(pglite(db));
    await db.exec("create table account (id integer not null)");
  });
  after(() => db.close());
  beforeEach(async () => {
    await db.exec("truncate account");
    await empty(place as never);
  });
  for (const [name, open] of Object.entries(EMBEDDED_LAYERS)) {
    describe(name, () => keepsItsPromises(place, async () => ({ ...open(db), close: async () => {} })));
  }
});

describe("what an error says of the job", () => {
  test("is found wherever a layer has put the error that it wraps", () => {
    const database = { code: "MF003" };
    for (const error of [
      database,
      { cause: database },
      { driverError: database },
      { sourceError: { cause: database } },
      { code: "P2010", meta: { driverAdapterError: { cause: { originalCode: "MF003" } } } },
      { sqlState: "MF003" },
    ])
      assert.equal(outcomeOf(error), "limited", JSON.stringify(error));
  });

  test("is nothing for any other error, nor for what is none", () => {
    const itself: { cause?: unknown } = {};
    itself.cause = itself;
    for (const error of [itself, new Error("MF002"), { code: "23505" }, { code: "toString" }, "MF002", null, undefined, 1])
      assert.equal(outcomeOf(error), undefined);
  });
});
