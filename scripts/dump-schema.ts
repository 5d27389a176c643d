/**
 * Writes sql/schema.sql: the schema as it is after all migrations. `--check` only says whether it is up to date.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { systemClock } from "../src/app/system-clock.ts";
import { pglite } from "../src/postgres/driver/pglite.ts";
import { migrate } from "../src/postgres/migrate.ts";

const HEAD = "-- The schema after all migrations. Written by `npm run generate`, to be read and compared; not to be edited, nor run.\n";

const TABLES = `
  select c.oid, c.relname as name, array_to_string(c.reloptions, ', ') as options,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partitioned,
    (select count(*)::integer from pg_inherits i where i.inhparent = c.oid) as partitions
  from pg_class c
  where c.relnamespace = 'mayfly'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname`;
const COLUMNS = `
  select format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
    ' default ' || pg_get_expr(d.adbin, d.adrelid)) as line
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`;
const CONSTRAINTS = `
  select format('  constraint %I %s', c.conname, pg_get_constraintdef(c.oid)) as line
  from pg_constraint c where c.conrelid = $1 and c.contype <> 'n' order by c.contype desc, c.conname`;
const INDEXES = `
  select pg_get_indexdef(i.indexrelid) || ';' as line
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = $1 and not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by c.relname`;
const VIEWS = `
  select format(E'create view mayfly.%I as\n%s', c.relname, pg_get_viewdef(c.oid, true)) as line
  from pg_class c where c.relnamespace = 'mayfly'::regnamespace and c.relkind = 'v' order by c.relname`;
const DOMAINS = `
  select format('create domain mayfly.%I as %s %s;', t.typname, format_type(t.typbasetype, t.typtypmod), (
    select string_agg(format('constraint %I %s', c.conname, pg_get_constraintdef(c.oid)), ' ' order by c.conname) from pg_constraint c where c.contypid = t.oid
  )) as line
  from pg_type t where t.typnamespace = 'mayfly'::regnamespace and t.typtype = 'd' order by t.typname`;
const TYPES = `
  select format('create type mayfly.%I as (%s);', c.relname, (
    select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  )) as line
  from pg_class c where c.relnamespace = 'mayfly'::regnamespace and c.relkind = 'c' order by c.relname`;
/** Of a body only its digest: it stands in sql/functions/. */
const FUNCTIONS = `
  select format(E'create function mayfly.%I(\n  %s\n)\nreturns %s\nlanguage %s%s%s;\n-- body %s, may be run by %s',
    p.proname, replace(pg_get_function_arguments(p.oid), ', ', E',\n  '), pg_get_function_result(p.oid), l.lanname,
    case when p.prosecdef then ' security definer' else '' end,
    (select string_agg(E'\nset ' || c, '' order by c) from unnest(p.proconfig) as c), left(md5(p.prosrc), 12),
    coalesce(array_to_string(p.proacl, ', '), 'everybody')) as line
  from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = 'mayfly'::regnamespace order by p.proname`;

async function dump(): Promise<string> {
  const db = await PGlite.create();
  await migrate(pglite(db), { clock: systemClock });
  const lines = async (sql: string, params: unknown[] = []) => (await db.query<{ line: string }>(sql, params)).rows.map(({ line }) => line);
  const parts: string[] = [...(await lines(DOMAINS))];
  const tables = await db.query<{ oid: number; name: string; options: string | null; partitioned: string | null; partitions: number }>(
    TABLES,
  );
  for (const { oid, name, options, partitioned, partitions } of tables.rows) {
    const inside = [...(await lines(COLUMNS, [oid])), ...(await lines(CONSTRAINTS, [oid]))].join(",\n");
    const by = partitioned ? ` partition by ${partitioned} /* ${partitions} partitions */` : "";
    parts.push(`create table mayfly.${name} (\n${inside}\n)${by}${options ? ` with (${options})` : ""};`, ...(await lines(INDEXES, [oid])));
  }
  parts.push(...(await lines(VIEWS)), ...(await lines(TYPES)), ...(await lines(FUNCTIONS)));
  await db.close();
  return `${HEAD}\n${parts.join("\n\n").replace(/[ \t]+$/gm, "")}\n`;
}

const path = join(import.meta.dirname, "../sql/schema.sql");
const text = await dump();
if (!process.argv.includes("--check")) {
  writeFileSync(path, text);
} else if (readFileSync(path, "utf8") !== text) {
  console.error('sql/schema.sql is not what the migrations make: run "npm run generate", read the difference and commit it');
  process.exitCode = 1;
}
