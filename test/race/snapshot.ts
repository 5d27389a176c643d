/**
 * What must hold at every moment, asked of one snapshot while the race goes on.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";
import { LIMIT } from "./stage.ts";

const RULES: Readonly<Record<string, string>> = {
  "a job in two places": "select id::text as what from live group by id having count(*) > 1",
  "a live job without its row in mayfly.job":
    "select l.id::text as what from live l where not exists (select from mayfly.job j where j.partition = l.partition and j.id = l.id)",
  "a job in the wrong partition":
    "select l.id::text as what from live l where l.partition not in (mayfly.partition_of(l.id), mayfly.far())",
  "a live job that does not hold its key": `
    select l.id::text as what from live l where l.held_key is not null
      and not exists (select from mayfly.held_key h where h.name = l.name and h.key = l.held_key and h.id = l.id)`,
  "a key held by a job that has ended": `
    select h.id::text as what from mayfly.held_key h where not exists (select from live l where l.id = h.id and l.held_key = h.key and l.ended is not true)`,
  "an ended job that holds a key or a limit":
    "select l.id::text as what from live l where l.ended and (l.held_key is not null or l.running_limit is not null)",
  "a key held alone by two": `
    select min(l.id::text) as what from live l where (l.name = 'keyed' or l.name = 'hooked' and l.held_key like 'h%') and l.held_key is not null
    group by l.name, l.held_key having count(*) > 1`,
  "a limit exceeded": `select min(l.id::text) as what from live l where l.name = 'limited' and l.ended is not true group by l.held_key having count(*) > ${LIMIT}`,
  "a running limit exceeded": `
    select min(l.id::text) as what from live l where l.state = 'running' and l.running_limit is not null group by l.name, l.held_key having count(*) > max(l.running_limit)`,
  "a throttled job with a time, or another without":
    "select l.id::text as what from live l where l.state = 'scheduled' and (l.reason = 'throttled') <> (l.run_at is null)",
};

const NAMES = Object.keys(RULES);
const SNAPSHOT = `with live as materialized (select * from mayfly.live)
  select ${NAMES.map((name, nth) => `(select min(x.what) from (${RULES[name]}) x) as r${nth}`).join(", ")}`;

/** The rules that did not hold, and what broke them. */
export async function findBroken({ sql }: TestDatabase): Promise<string[]> {
  const [row] = await sql<Record<string, string | null>>(SNAPSHOT);
  return NAMES.flatMap((name, nth) => (row?.[`r${nth}`] ? `${name}: ${row[`r${nth}`]}` : []));
}

/** Jobs that wait for room though there is some. Must be none after a sweep while nobody works. */
export async function findThrottledWithRoom({ sql }: TestDatabase): Promise<string[]> {
  const throttled = await sql<{ id: string }>(
    `select s.id from mayfly.scheduled s where s.reason = 'throttled' and s.running_limit > (
       select count(*) from mayfly.live l
       where l.state in ('running', 'ready') and l.running_limit is not null and l.name = s.name and l.held_key = s.held_key
     )`,
  );
  return throttled.map(({ id }) => `${id} is throttled though there is room`);
}
