/**
 * What every driver promises, as checks that any test runner can run against any driver.
 * @module
 */
import type { Driver, Param, Statement } from "../postgres/driver/driver.ts";
import { DriverError, type Failure } from "../postgres/driver/errors.ts";
import { canonical, equal } from "./expect.ts";

/** A driver to be checked, and what has to be done to its database behind its back. */
export interface DriverSubject {
  readonly driver: Driver;
  /** Takes the table so that whoever reads it has to wait; answers how to let it go. */
  hold(table: string): Promise<() => Promise<void>>;
  /** Cuts the connection of the call that waits for the table. Absent: nothing can be cut. */
  readonly cut?: (table: string) => Promise<void>;
  /** The same kind of driver, for an address where nothing listens. Absent: there is no address. */
  readonly unreachable?: Driver;
  /** What no message may hold. */
  readonly secret?: string;
}

/** One promise, and how to see whether it is kept: `check` rejects when it is not. */
export interface DriverPromise {
  readonly promise: string;
  check(subject: DriverSubject): Promise<void>;
}

/** The promises of a driver. The checks make tables named `conformance_*`, in the database they are given. */
export const driverPromises: readonly DriverPromise[] = [
  {
    promise: "values come as Postgres writes them, to the last digit",
    async check({ driver }) {
      const [row] = await driver.query(
        sql(
          `select 9223372036854775807::bigint as big, 0.10000000000000000001::numeric as exact, 'NaN'::float8 as nan, true as yes, false as no,
            null::text as nothing, '2026-01-02 03:04:05.678901+00'::timestamptz as at, '\\xdeadbeef'::bytea as bytes,
            '{"b": 1, "a": [null]}'::jsonb as json, array['x', 'y z', null] as list, 'a8098c1a-f86e-11da-bd1a-00112444be1e'::uuid as id, ''::text as empty`,
        ),
      );
      equal(
        { ...row, at: new Date(String(row?.at)).toISOString(), micros: String(row?.at).includes(".678901") },
        {
          big: "9223372036854775807",
          exact: "0.10000000000000000001",
          nan: "NaN",
          yes: "t",
          no: "f",
          nothing: null,
          at: "2026-01-02T03:04:05.678Z",
          micros: true,
          bytes: "\\xdeadbeef",
          json: '{"a": [null], "b": 1}',
          list: '{x,"y z",NULL}',
          id: "a8098c1a-f86e-11da-bd1a-00112444be1e",
          empty: "",
        },
      );
    },
  },
  {
    promise: "parameters arrive as they were given",
    async check({ driver }) {
      const text = "quote ' \" backslash \\ dollar $1 newline \n emoji 🪰 é";
      const [row] = await driver.query(
        sql(
          "select $1::text as text, $2::bigint + 1 as big, $3::jsonb ->> 'k' as json, ($4::text[])[2] as item, $5::text is null as nothing",
          [text, "9007199254740993", JSON.stringify({ k: text }), '{"a","b,\\"c"}', null],
        ),
      );
      equal(row, { text, big: "9007199254740994", json: text, item: 'b,"c', nothing: "t" });
    },
  },
  {
    promise: "a query is sent once",
    async check({ driver }) {
      await driver.query(sql("create table conformance_once (n integer)"));
      await driver.query(sql("insert into conformance_once (n) values ($1::integer)", ["1"]));
      equal(await driver.query(sql("select count(*) as n from conformance_once")), [{ n: "1" }]);
    },
  },
  {
    promise: "many calls at once each get their own answer",
    async check({ driver }) {
      const asked = Array.from({ length: 50 }, (_, n) => String(n));
      const answers = await Promise.all(asked.map((n) => driver.query(sql("select $1::integer as n", [n]))));
      equal(
        answers.map(([row]) => row?.n),
        asked,
      );
    },
  },
  {
    promise: "a statement without rows answers none",
    async check({ driver }) {
      equal(await driver.query(sql("select 1 as n where false")), []);
      equal(await driver.query(sql("create table conformance_empty (n integer)")), []);
    },
  },
  {
    promise: "a transaction is one, and answers the rows of each statement",
    async check({ driver }) {
      const [made, put, seen, last] = await driver.transaction([
        sql("create table conformance_batch (n integer)"),
        sql("insert into conformance_batch (n) values ($1::integer), ($2::integer)", ["1", "2"]),
        sql("select n, pg_current_xact_id()::text as id from conformance_batch order by n"),
        sql("select pg_current_xact_id()::text as id"),
      ]);
      equal([made, put, seen?.map((row) => row.n)], [[], [], ["1", "2"]]);
      equal(seen?.[0]?.id, last?.[0]?.id);
    },
  },
  {
    promise: "a transaction that fails leaves nothing behind",
    async check({ driver }) {
      await driver.query(sql("create table conformance_rollback (n integer constraint conformance_positive check (n > 0))"));
      const put = (n: string) => sql("insert into conformance_rollback (n) values ($1::integer)", [n]);
      const error = await failureOf(driver.transaction([put("1"), put("-1"), put("2")]), "definite");
      equal([error.sqlState, error.constraint], ["23514", "conformance_positive"]);
      equal(await driver.query(sql("select n from conformance_rollback")), []);
    },
  },
  {
    promise: "a transaction has the isolation that was asked for",
    async check({ driver }) {
      const level = sql("select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as read_only");
      for (const isolation of ["read committed", "repeatable read", "serializable"] as const) {
        const [rows] = await driver.transaction([level], { isolation });
        equal(rows?.[0], { level: isolation, read_only: "off" });
      }
      const [rows] = await driver.transaction([level], { isolation: "serializable", readOnly: true });
      equal(rows?.[0], { level: "serializable", read_only: "on" });
      const refused = driver.transaction([sql("create table conformance_read_only (n integer)")], { readOnly: true });
      equal((await failureOf(refused, "definite")).sqlState, "25006");
    },
  },
  {
    promise: "what the database refuses is definite, with its SQLSTATE, constraint and detail",
    async check({ driver }) {
      equal((await failureOf(driver.query(sql("selec 1")), "definite")).sqlState, "42601");
      equal((await failureOf(driver.query(sql("select 1 / $1::integer", ["0"])), "definite")).sqlState, "22012");
      const own = driver.query(sql("do $$ begin raise exception 'no' using errcode = 'MF001'; end $$"));
      equal((await failureOf(own, "definite")).sqlState, "MF001");
      await driver.query(sql("create table conformance_unique (n integer constraint conformance_only_once unique)"));
      await driver.query(sql("insert into conformance_unique (n) values (1)"));
      const twice = await failureOf(driver.query(sql("insert into conformance_unique (n) values (1)")), "definite");
      equal([twice.sqlState, twice.constraint, twice.detail], ["23505", "conformance_only_once", "Key (n)=(1) already exists."]);
    },
  },
  {
    promise: "a call that takes too long is given up as unknown, and the next one works",
    async check({ driver, hold }) {
      await driver.query(sql("create table conformance_slow (n integer)"));
      const release = await hold("conformance_slow");
      const slow = [
        driver.query(sql("select n from conformance_slow"), { timeoutMs: 100 }),
        driver.transaction([sql("select n from conformance_slow")], { timeoutMs: 100 }),
      ];
      const failures = slow.map((call) => failureOf(call, "unknown"));
      for (const failure of failures) await failure;
      await release();
      equal(await driver.query(sql("select n from conformance_slow")), []);
    },
  },
  {
    promise: "an aborted call is given up: before it is sent, nothing is; afterwards it is unknown",
    async check({ driver, hold }) {
      await driver.query(sql("create table conformance_abort (n integer)"));
      const put = sql("insert into conformance_abort (n) values (1)");
      await failureOf(driver.query(put, { signal: AbortSignal.abort() }), "before");
      await failureOf(driver.transaction([put], { signal: AbortSignal.abort() }), "before");
      equal(await driver.query(sql("select n from conformance_abort")), []);
      const release = await hold("conformance_abort");
      const abort = new AbortController();
      const call = failureOf(driver.query(sql("select n from conformance_abort"), { signal: abort.signal }));
      const other = driver.query(sql("select 1 as n")).catch(() => {});
      abort.abort();
      const { failure } = await call;
      equal(failure === "unknown" || failure === "before", true);
      await release();
      await other;
    },
  },
  {
    promise: "a call whose connection is cut is unknown, and the next one works",
    async check({ driver, hold, cut }) {
      if (!cut) return;
      await driver.query(sql("create table conformance_cut (n integer)"));
      for (const call of [
        () => driver.query(sql("select n from conformance_cut")),
        () => driver.transaction([sql("select n from conformance_cut"), sql("select 1 as n")]),
      ]) {
        const release = await hold("conformance_cut");
        const waiting = failureOf(call(), "unknown");
        await cut("conformance_cut");
        await waiting;
        await release();
        equal(await driver.query(sql("select count(*) as n from conformance_cut")), [{ n: "0" }]);
      }
    },
  },
  {
    promise: "a database that cannot be reached is told as before, without the secret",
    async check({ unreachable, secret }) {
      if (!unreachable) return;
      for (const call of [() => unreachable.query(sql("select 1 as n")), () => unreachable.transaction([sql("select 1 as n")])]) {
        const { message, stack = "" } = await failureOf(call(), "before");
        if (secret) equal(`${message}${stack}`.includes(secret), false);
        equal(/postgres(ql)?:\/\/\S/.test(message), false);
      }
    },
  },
];

function sql(text: string, params: readonly Param[] = []): Statement {
  return { text, params };
}

async function failureOf(call: Promise<unknown>, expected?: Failure): Promise<DriverError> {
  const error = await call.then(
    (value) => new Error(`expected a failure, got ${canonical(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DriverError)) throw error;
  if (expected !== undefined && error.failure !== expected)
    throw new Error(`expected ${expected}, got ${error.failure}: ${error.message}`, { cause: error });
  return error;
}
