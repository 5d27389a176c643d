/**
 * Each statement, those inside the functions too, is executed here, and reads through the indexes that its file names and no others,
 * whatever the statistics say.
 * @module
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { expandSql } from "../../scripts/sql-template.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { everyBranch } from "../support/every-branch.ts";
import { connectExplaining, type Executed } from "../support/explain.ts";

const root = join(import.meta.dirname, "../..");
const HOT = ["live-count", "enqueue-one", "enqueue-group", "enqueue-all", "turn", "tick"];
/** Statements that run only where something fails or waits, or for operators. Others' tests run them. */
const ELSEWHERE: Readonly<Record<string, readonly RegExp[]>> = {
  cancel_v1: [/^deletefrommayfly\.cancel/, /^SELECTfrommayfly\.(ready|scheduled)/],
  maintain_v1: [/^updatemayfly\.dutydsetfailed_at/],
  purge_v1: [/./],
  turn_succeed: [/^free:=/],
  hold_keys: [/values\(\(job\.request\)/],
  insert_jobs: [/selectjob\.id/, /values\(job\.id/, /deletefrommayfly\.jobj/],
  counted_queues: [/./],
  // Postgres inlines it into the statement that calls it.
  overdue_since: [/./],
};
/** Housekeeping that reads tables whole once an hour, and lists. */
const MAY_SCAN = [
  "duty_forget",
  "duty_expire",
  "move_stragglers",
  "delete_past",
  "roll_up_attempt_counts",
  "roll_up_usage",
  "live-jobs",
  "job",
];
/** Small, and read whole where that is simpler; or only up to the first entry, or from entry to entry. */
const MAY_BE_SCANNED =
  /^(worker|queue|schedule|schedule_set|duty|cancel|lock_row)(_pkey|_listening)?$|^running_worker$|^scheduled_(throttled|due|expiry)$|^ready_expiry$/;
/** Some of each, in rows that nothing else touches. */
const BACKLOG = `
  insert into mayfly.job (id, partition, name, queue, key)
  select i.id, mayfly.partition_of(i.id), 'backlog', 'elsewhere', case n % 4 when 0 then 'key-' || n when 1 then 'group-' || n % 50 when 2 then 'limited' end
  from (select n, mayfly.uuid7() as id from generate_series(1, 12000) as n) as i;
  insert into mayfly.ready (id, partition, name, queue, priority, retries, ready_at, held_key, running_limit)
  select j.id, j.partition, j.name, j.queue, (n % 3)::smallint, 0, now() + n * interval '1 us', j.key, case when j.key = 'limited' then 1 end
  from (select j.*, row_number() over (order by j.id) as n from mayfly.job j where j.name = 'backlog') as j where n <= 4000;
  insert into mayfly.scheduled (id, partition, name, queue, priority, retries, run_at, ready_at, held_key, running_limit, reason)
  select j.id, j.partition, j.name, j.queue, (n % 3)::smallint, 0, case when j.key is distinct from 'limited' then now() + interval '1 day' end,
    case when j.key = 'limited' then now() end, j.key, case when j.key = 'limited' then 1 end, case when j.key = 'limited' then 'throttled' else 'due' end
  from (select j.*, row_number() over (order by j.id) as n from mayfly.job j where j.name = 'backlog') as j where n between 4001 and 8000;
  insert into mayfly.running (id, partition, name, queue, priority, retries, ready_at, attempt, held_key, running_limit, worker_id, claim_id)
  select j.id, j.partition, j.name, j.queue, 0, 0, now(), 1, j.key, case when j.key = 'limited' then 1 end, md5('worker' || n % 50)::uuid, md5('claim' || n % 500)::uuid
  from (select j.*, row_number() over (order by j.id) as n from mayfly.job j where j.name = 'backlog') as j where n > 8000;
  insert into mayfly.held_key (id, name, key, exclusive)
  select j.id, j.name, j.key, j.key like 'key-%' from mayfly.job j where j.name = 'backlog' and j.key is not null;
  insert into mayfly.result (id, claim_id, partition, attempt, outcome, queue, name)
  select i.id, gen_random_uuid(), mayfly.partition_of(i.id), 1, 'successful', 'elsewhere', 'backlog'
  from (select mayfly.uuid7() as id from generate_series(1, 20000)) as i;
  insert into mayfly.worker (id) select md5('worker' || n)::uuid from generate_series(0, 49) as n on conflict do nothing;
  insert into mayfly.claim (id, worker_id) select mayfly.uuid7(), gen_random_uuid() from generate_series(1, 4000)`;
const FILLED = ["job", "ready", "scheduled", "running", "held_key", "result", "worker", "claim"];
const deleteAll = (tables: readonly string[]) => tables.map((table) => `delete from mayfly.${table}`).join("; ");

/** What the planner may have been told, from best to worst. */
const STATISTICS: Record<string, (sql: TestDatabase["sql"]) => Promise<unknown>> = {
  "that are fresh": async (sql) => [await sql(BACKLOG), await sql("vacuum analyze")],
  "of tables that were never analyzed": (sql) => sql(BACKLOG),
  "of empty tables": async (sql) => [await sql("vacuum analyze"), await sql(BACKLOG)],
  "of a time when all was full": async (sql) => [
    await sql(BACKLOG),
    await sql("vacuum analyze"),
    await sql(`truncate ${FILLED.map((table) => `mayfly.${table}`).join(", ")}`),
  ],
  "of a time when all rows were dead, and kept by a snapshot": async (sql) => [
    await sql(`${BACKLOG}; ${deleteAll(FILLED)}`),
    await sql("analyze"),
    await sql(BACKLOG),
  ],
};

interface SqlFile {
  readonly name: string;
  /** All of it, without white space. */
  readonly whole: string;
  /** Its statements on tables, without white space. */
  readonly statements: readonly string[];
  /** Functions that it calls. */
  readonly calls: readonly string[];
  readonly named: readonly string[];
}

const INDEX =
  /\b(?:job|result)_NN_[a-z_]+\b|\b(?:ready|scheduled|running|held_key|lock_row|cancel|claim|worker|attempt_counts|usage|queue|schedule|schedule_set|duty|idempotency_key|producer_job)_(?:pkey|[a-z]+)\b/g;

/** Without comments, white space and the numbers of partitions. */
const squeeze = (text: string) =>
  text
    .replace(/--.*$/gm, "")
    .replace(/\b(job|result)_\d\d\b/g, "$1_NN")
    .replace(/\s+/g, "")
    .replace(/;$/, "");

function readSql(folder: string, name: string): SqlFile {
  const [path = ""] = globSync(`sql/${folder}/**/${name}.sql`, { cwd: root });
  const text = expandSql(readFileSync(join(root, path), "utf8"));
  const head = /^(--.*\n)+/.exec(text)?.[0] ?? "";
  const [, list = ""] = /^-- indexes:?\s+((?:.|\n--\s{8,})*)/m.exec(head) ?? [];
  const body = text.slice(head.length).replace(/--.*$/gm, "");
  const others = [...body.matchAll(/mayfly\.(\w+)\(/g)].map(([, callee = ""]) => callee);
  return {
    name,
    whole: squeeze(text.replace(/'{2}/g, "'").replace(/%1\$s/g, "NN").replace(/%1\$I/g, "ready")),
    statements: folder === "statements" ? [] : statementsOf(body),
    calls: [...new Set(others)].filter((callee) => callee !== name),
    named: [...new Set(list.match(INDEX))].filter((index) => !index.endsWith("_v")).sort(),
  };
}

/** The parts of a body that Postgres executes as a statement on tables. What is put together as text is not looked at. */
function statementsOf(body: string): string[] {
  const [, inside = ""] = /\$\$([\s\S]*)\$\$/.exec(body) ?? [];
  // A function that is nothing but a query is executed as a whole, or becomes a part of its caller's statement.
  if (/^language sql/m.test(body)) return isInlined(body) || !TABLE.test(inside) ? [] : [squeeze(inside)];
  const parts = (inside.match(/(?:'[^']*'|[^;'])+/g) ?? [])
    .flatMap((part) => part.split(/\b(?:then|else|loop|begin)\s*\n/))
    .map((part) => part.replace(/\binto\s+(?!mayfly\.)[\w.]+(\s*,\s*[\w.]+)*/g, "").replace(/^\s*perform\b/, "SELECT"))
    .filter((part) => TABLE.test(part) && !/\bexecute format\(/.test(part))
    .map(squeeze);
  return [...new Set(parts)];
}

const TABLE = /\b(from|into|update|join)\s+mayfly\.\w+\b(?!\()/;
const isInlined = (body: string) => /\breturns\s+(setof|table)\b/.test(body) && !/\bvolatile\b/.test(body);

const FILES = HOT.map((name) => readSql("statements", name));
for (const file of globSync("sql/functions/**/*.sql", { cwd: root })) FILES.push(readSql("functions", basename(file, ".sql")));

/** The indexes that a file's own statements were seen to use. */
function seenIn({ statements }: SqlFile, executed: readonly Executed[]): Set<string> {
  const own = executed.filter(({ text }) => statements.some((statement) => statement.includes(squeeze(text))));
  return new Set(own.flatMap(({ indexes }) => [...indexes]));
}

/** A file, and all that it calls, all the way down. */
function withCallees(file: SqlFile, found = new Set<SqlFile>()): Set<SqlFile> {
  if (found.has(file)) return found;
  found.add(file);
  for (const callee of FILES) if (file.calls.includes(callee.name)) withCallees(callee, found);
  return found;
}

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    before(async () => {
      server = await testServer(version);
    });
    after(() => server.stop());

    for (const [what, prepare] of Object.entries(STATISTICS)) {
      describe(`with statistics ${what}`, () => {
        let executed: readonly Executed[];
        let hot: readonly Executed[];
        let seen: ReadonlyMap<string, Set<string>>;
        before(async () => {
          const database = await server.database();
          await prepare(database.sql);
          const explained = await connectExplaining(database.url);
          executed = await explained.executed((store) => everyBranch(store, database.sql));
          await explained.end();
          await database.close();
          const rare = MAY_SCAN.map((name) => readSql(name.includes("_") ? "functions" : "statements", name));
          // What is put together for each of the three places stands there once.
          const once = (text: string) => squeeze(text).replace(/mayfly\.(scheduled|running)l/g, "mayfly.readyl");
          hot = executed.filter(({ text }) => !rare.some(({ whole }) => whole.includes(once(text))));
          seen = new Map(FILES.map((file) => [file.name, seenIn(file, executed)]));
        });

        test("every statement is executed", () => {
          const texts = [...new Set(executed.map(({ text }) => squeeze(text)))].filter((text) => text.length > 20);
          const missed = FILES.flatMap(({ name, statements }) =>
            statements
              .filter((statement) => !ELSEWHERE[name]?.some((pattern) => pattern.test(statement)))
              .filter((statement) => !texts.some((text) => statement.includes(text)))
              .map((text) => `${name}: ${text.slice(0, 120)}`),
          );
          assert.deepEqual(missed, []);
        });

        test("every statement reads the indexes that its file names, and no others", () => {
          const others = FILES.flatMap(({ name, named }) =>
            [...(seen.get(name) ?? [])].filter((index) => !named.includes(index)).map((index) => `${name} reads ${index}`),
          );
          assert.deepEqual(others, []);
        });

        test("every index that a file names is read, by it or by what it calls, or checked by what it inserts", () => {
          const unread = FILES.filter(({ name, statements }) => statements.length > 0 && !(name in ELSEWHERE)).flatMap((file) => {
            const all = [...withCallees(file)];
            const below = new Set(all.flatMap(({ name }) => [...(seen.get(name) ?? [])]));
            const inserts = (index: string) => {
              const into = `insertintomayfly.${index.replace(/(_NN)?_pkey$/, "")}(`;
              return all.some(({ statements }) => statements.some((statement) => statement.includes(into)));
            };
            return file.named.filter((index) => !below.has(index) && !inserts(index)).map((index) => `${file.name} does not read ${index}`);
          });
          assert.deepEqual(unread, []);
        });

        test("no statement reads more partitions than the id's own and far", () => {
          const wide = hot.filter(({ partitions }) => partitions > 2);
          assert.deepEqual(
            wide.map(({ text, partitions }) => `${partitions}: ${text.slice(0, 120)}`),
            [],
          );
        });

        test("no statement reads a table or an index whole", () => {
          const whole = hot.flatMap(({ text, scanned }) =>
            [...scanned].filter((table) => !MAY_BE_SCANNED.test(table)).map((table) => `${table}: ${text.slice(0, 120)}`),
          );
          assert.deepEqual([...new Set(whole)], []);
        });
      });
    }
  });
}
