/**
 * Each statement, those inside the functions too, is executed here, and reads through the indexes that its file names and no others,
 * whatever the statistics say.
 * @module
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { everyBranch } from "../support/every-branch.ts";
import { connectExplaining, type Executed } from "../support/explain.ts";

const root = join(import.meta.dirname, "../..");
const HOT = ["job", "live-count", "live-jobs"];
/** Small, and read whole where that is simpler. Of two indexes a look wants the very first entry. */
const MAY_BE_SCANNED = /^(worker|queue|schedule|schedule_set)(_pkey|_listening)?$|^job_(scheduled|held)$/;
/** Some of each, in rows that nothing else touches. */
const BACKLOG = `
  insert into mayfly.job (id, state, name, queue, run_at, ready_at, priority, concurrency_key, exclusive, running_limit, held, worker_id, claim_id)
  select mayfly.uuid7(), s.state, 'backlog', 'elsewhere', now() + interval '1 day', case when s.state = 'ready' then now() end, (n % 3)::smallint,
    case n % 4 when 0 then 'key-' || gen_random_uuid() when 1 then 'group-' || n % 50 when 2 then 'capped' end, n % 4 = 0,
    case when n % 4 = 2 then 1 end, n % 4 = 2 and s.state = 'scheduled',
    case when s.state = 'running' then md5('worker' || n % 50)::uuid end, case when s.state = 'running' then md5('claim' || n % 500)::uuid end
  from generate_series(1, 4000) as n, unnest(array['ready', 'scheduled', 'running']) as s(state);
  insert into mayfly.result (id, claim_id, slot, run_at, created_at, priority, retries, attempt, exclusive, outcome, queue, name, payload)
  select mayfly.uuid7(), gen_random_uuid(), mayfly.result_slot(now() - n % 6 * interval '1 day'), now(), now(), 0, 0, 1, false, 'successful', 'elsewhere', 'backlog', '{}'
  from generate_series(1, 20000) as n;
  insert into mayfly.worker (id) select md5('worker' || n)::uuid from generate_series(0, 49) as n on conflict do nothing;
  insert into mayfly.claim (id, worker_id) select mayfly.uuid7(), gen_random_uuid() from generate_series(1, 4000)`;

/** What the planner may have been told, from best to worst. */
const STATISTICS: Record<string, (sql: TestDatabase["sql"]) => Promise<unknown>> = {
  "that are fresh": async (sql) => [await sql(BACKLOG), await sql("vacuum analyze")],
  "of tables that were never analyzed": (sql) => sql(BACKLOG),
  "of empty tables": async (sql) => [await sql("vacuum analyze"), await sql(BACKLOG)],
  "of a time when all was full": async (sql) => [
    await sql(BACKLOG),
    await sql("vacuum analyze"),
    await sql("truncate mayfly.job, mayfly.result, mayfly.worker, mayfly.claim"),
  ],
  "of a time when all rows were dead, and kept by a snapshot": async (sql) => [
    await sql(`${BACKLOG}; delete from mayfly.job; delete from mayfly.result; delete from mayfly.worker; delete from mayfly.claim`),
    await sql("analyze"),
    await sql(BACKLOG),
  ],
  "of a time when nothing ran": async (sql) => [
    await sql(`${BACKLOG}; delete from mayfly.job where state = 'running'`),
    await sql("vacuum analyze"),
    await sql(BACKLOG.split(";").slice(0, 2).join(";")),
  ],
  "of a time when all ran": async (sql) => [
    await sql(`${BACKLOG}; delete from mayfly.job where state <> 'running'`),
    await sql("vacuum analyze"),
    await sql(BACKLOG.split(";").slice(0, 2).join(";")),
  ],
};

interface SqlFile {
  readonly name: string;
  /** Its statements on tables, without white space. */
  readonly statements: readonly string[];
  /** Functions that it calls. */
  readonly calls: readonly string[];
  readonly named: readonly string[];
}

const squeeze = (text: string) => text.replace(/--.*$/gm, "").replace(/\s+/g, "").replace(/;$/, "");

function readSql(folder: string, name: string): SqlFile {
  const [path = ""] = globSync(`sql/${folder}/**/${name}.sql`, { cwd: root });
  const text = readFileSync(join(root, path), "utf8");
  const head = /^(--.*\n)+/.exec(text)?.[0] ?? "";
  const [, list = ""] = /^-- indexes:?\s+((?:.|\n--\s{8,})*)/m.exec(head) ?? [];
  const body = text.slice(head.length).replace(/--.*$/gm, "");
  const others = [...body.matchAll(/mayfly\.(\w+)\(/g)].map(([, callee = ""]) => callee);
  return {
    name,
    // A function that is nothing but an expression becomes a part of its caller's statement.
    statements: folder === "statements" ? [squeeze(body)] : /^language sql/m.test(body) ? [] : statementsOf(body),
    calls: [...new Set(others)].filter((callee) => callee !== name),
    named: [...new Set(list.match(/\b(job|claim|worker|result|tally|cost|queue|schedule|schedule_set|idempotency_key)_[a-z_]+\b/g))].sort(),
  };
}

/** The parts of a body that Postgres executes as a statement on tables. */
function statementsOf(body: string): string[] {
  return (body.match(/(?:'[^']*'|[^;'])+/g) ?? [])
    .flatMap((part) => part.split(/\b(?:then|else|loop|begin)\s*\n/))
    .map((part) => part.replace(/\binto\s+(?!mayfly\.)[\w.]+(\s*,\s*[\w.]+)*/g, "").replace(/^\s*perform\b/, "SELECT"))
    .filter((part) => /\b(from|into|update|join)\s+mayfly\.\w+\b(?!\()/.test(part))
    .map(squeeze);
}

const FILES = HOT.map((name) => readSql("statements", name));
for (const file of globSync("sql/functions/**/*.sql", { cwd: root })) FILES.push(readSql("functions", basename(file, ".sql")));

/** The indexes that a file's own statements were seen to use, and those of the functions it calls. */
function seenIn({ statements, calls }: SqlFile, executed: readonly Executed[]): string[] {
  const own = executed.filter(({ text }) => statements.some((statement) => statement.includes(squeeze(text))));
  const below = FILES.filter(({ name }) => calls.includes(name)).flatMap((callee) => seenIn(callee, executed));
  return [...new Set([...own.flatMap(({ indexes }) => [...indexes]), ...below])].sort();
}

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startTestServer(version, { autovacuum: "off" });
    });
    after(() => server.stop());

    for (const [what, prepare] of Object.entries(STATISTICS)) {
      test(`every statement reads what it names, with statistics ${what}`, async () => {
        const database = await server.database();
        await prepare(database.sql);
        const explained = await connectExplaining(database.url);
        const executed = await explained.executed((store) => everyBranch(store, database.sql));
        await explained.end();
        await database.close();
        const told = new Set(executed.map(({ text }) => squeeze(text)).filter((text) => text.length > 20));
        const missed = FILES.flatMap(({ name, statements }) =>
          statements
            .filter((statement) => ![...told].some((text) => statement.includes(text)))
            .map((text) => `${name}: ${text.slice(0, 120)}`),
        );
        assert.deepEqual(missed, [], "these statements were not executed");
        const seen = Object.fromEntries(FILES.map((file) => [file.name, seenIn(file, executed)]));
        assert.deepEqual(seen, Object.fromEntries(FILES.map(({ name, named }) => [name, named])));
        const wide = executed.filter(({ slots }) => slots > 2).map(({ text, slots }) => `${slots}: ${text.slice(0, 120)}`);
        assert.deepEqual(wide, [], "these statements read other results than those of the id's own day on");
        const scanned = executed.flatMap(({ text, scanned }) =>
          [...scanned].filter((table) => !MAY_BE_SCANNED.test(table)).map((table) => `${table}: ${text.slice(0, 120)}`),
        );
        assert.deepEqual(scanned, [], "these statements read a table or an index whole");
      });
    }
  });
}
