/**
 * What must hold while the race goes on, once it is quiet, and once it is over.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";
import { countAcross, lives } from "./history.ts";
import type { Ledger } from "./ledger.ts";
import { replay } from "./replay.ts";
import { LIMIT } from "./stage.ts";
import { APPLICATION } from "./tickers.ts";

/** What must hold at every moment: no key with two jobs, no group over its limit. */
export async function sample({ sql }: TestDatabase): Promise<string[]> {
  const [row] = await sql<{ keys: number; groups: number; running: number }>(
    `select
       (select count(*)::int from (
         select from mayfly.job where (name = 'keyed' and concurrency_key is not null) or (name = 'hooked' and concurrency_key like 'h%')
         group by name, concurrency_key having count(*) > 1
       ) x) as keys,
       (select count(*)::int from (select from mayfly.job where name = 'limited' and not ended group by concurrency_key having count(*) > ${LIMIT}) x) as groups,
       (select count(*)::int from (
         select from mayfly.job where state = 'running' and running_limit is not null group by name, concurrency_key having count(*) > max(running_limit)
       ) x) as running`,
  );
  return [
    ...(row?.keys ? ["a key held twice"] : []),
    ...(row?.groups ? ["a limit exceeded"] : []),
    ...(row?.running ? ["a running limit exceeded"] : []),
  ];
}

/** What must hold after a look while nobody works: whoever waits for room has none. */
export async function findHeldWithRoom({ sql }: TestDatabase): Promise<string[]> {
  const held = await sql<{ id: string }>(
    `select h.id from mayfly.job h where h.held and h.running_limit > (
       select count(*) from mayfly.job j
       where j.state in ('running', 'ready') and j.running_limit is not null and j.name = h.name and j.concurrency_key = h.concurrency_key
     )`,
  );
  return held.map(({ id }) => `${id} waits though there is room`);
}

/** Everything that is not as it must be at the end. */
export async function findViolations(database: TestDatabase, ledger: Ledger): Promise<string[]> {
  const found = [...ledger.violations];
  const none = async (what: string, text: string, values: unknown[] = []) => {
    const [row] = await database.sql<{ n: number }>(text, values);
    if (row?.n !== 0) found.push(`${what}: ${row?.n}`);
  };
  for await (const life of lives(database)) found.push(...replay(life, ledger));
  for (const [what, n] of Object.entries(await countAcross(database, ledger.pauses))) if (n !== 0) found.push(`${what}: ${n}`);
  await none("live jobs left whose name is known", "select count(*)::int n from mayfly.job where name <> 'unknown'");
  await none(
    "attempts with two results",
    "select count(*)::int n from (select from mayfly.result where claim_id is not null group by id, claim_id having count(*) > 1) x",
  );
  await none(
    "jobs with two last results",
    "select count(*)::int n from (select from mayfly.result where retry_at is null group by id having count(*) > 1) x",
  );

  const wentIn = [...ledger.enqueued].filter(([, told]) => told.has("enqueued") || told.has("duplicate")).map(([id]) => id);
  const byHand = [...ledger.retries.values()].flat().filter(({ outcome }) => outcome === "enqueued" || outcome === "already");
  await none(
    `jobs lost, of ${wentIn.length} told enqueued and ${byHand.length} retried by hand`,
    `select count(*)::int n from unnest($1::uuid[]) as i(id)
     where not exists (select from mayfly.job j where j.id = i.id) and not exists (select from mayfly.result r where r.id = i.id and r.retry_at is null)`,
    [[...wentIn, ...byHand.map(({ id }) => id)]],
  );
  // A copy of a refused request may go in later, when nothing is in its way any more.
  const inside = new Set(wentIn);
  const refused = [...ledger.enqueued.keys()].filter((id) => !inside.has(id) && !ledger.doubled.has(id));
  await none(
    `jobs present, of ${refused.length} told refused`,
    "select count(*)::int n from unnest($1::uuid[]) as i(id) where exists (select from mayfly.job j where j.id = i.id) or exists (select from mayfly.result r where r.id = i.id)",
    [refused],
  );
  found.push(...(await findFalseWords(database, ledger)), ...(await findWrongTicks(database)));
  return found;
}

/** What workers and operators were told, against what the tables say. */
async function findFalseWords({ sql }: TestDatabase, ledger: Ledger): Promise<string[]> {
  const found: string[] = [];
  const rows = await sql<{ id: string; claim_id: string | null; outcome: string; last: boolean; retried_as: string | null }>(
    "select id, claim_id, outcome, retry_at is null as last, retried_as from mayfly.result",
  );
  const results = new Map(rows.map(({ id, claim_id, outcome }) => [`${id}|${claim_id}`, outcome]));
  const lasts = new Set(rows.filter(({ last }) => last).map(({ id, claim_id }) => `${id}|${claim_id}`));
  const ends = new Map(rows.filter(({ last }) => last).map((row) => [row.id, row]));
  for (const [key, { settlement, verdicts }] of ledger.settled) {
    const { outcome, retryInMs } = settlement;
    if (outcome === "released" || outcome === "hook_done") continue;
    const result = results.get(key);
    // One that would run again ends as cancelled, where that was asked for.
    const agrees = result === (retryInMs !== null && lasts.has(key) ? "cancelled" : outcome);
    if (!verdicts.has("stale") && !agrees)
      found.push(`${key} was told ${[...verdicts].join(", ")} as ${outcome}, and the table has ${result}`);
    if (verdicts.has("stale") && result === outcome) found.push(`${key} was told stale, and its result is there`);
  }
  for (const key of ledger.gone) {
    const result = results.get(key);
    if (result !== undefined && result !== "lost" && result !== "cancelled")
      found.push(`${key} was told gone, and the table has ${result}`);
  }
  for (const [id, told] of ledger.cancels) {
    const end = ends.get(id)?.outcome;
    if (told.has("cancelled") && end !== "cancelled") found.push(`${id} was told cancelled, and the table has ${end}`);
    if (told.has("cancelled") && told.has("finished")) found.push(`${id} was told both cancelled and finished`);
    if (told.has("unknown")) found.push(`${id} went in, and cancelling it was told unknown`);
  }
  for (const [id, told] of ledger.retries) {
    const successor = ends.get(id)?.retried_as ?? null;
    for (const result of told) {
      const made = result.outcome === "enqueued" || result.outcome === "already";
      if (made && result.id !== successor) found.push(`${id} was told ${result.outcome} as ${result.id}, and the table has ${successor}`);
      if (result.outcome === "unknown") found.push(`${id} went in, and retrying it was told unknown`);
    }
  }
  return found;
}

/** Each tick has fired once; only `alone` may leave one out. */
async function findWrongTicks({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ name: string; fired: number; jobs: number; ticks: number; first: number; next: number }>(
    `with ticked as (
       select distinct id, payload ->> 'schedule' as name, (payload ->> 'fire')::int as fire from mayfly.result where name = 'ticked' and retry_of is null
     )
     select t.name, (select s.fire::int from mayfly.schedule s where s.application = $1 and s.name = t.name) as fired,
       count(*)::int as jobs, count(distinct t.fire)::int as ticks, min(t.fire) as first, max(t.fire) + 1 as next
     from ticked t group by t.name`,
    [APPLICATION],
  );
  const found = rows.length === 5 ? [] : [`${rows.length} schedules have fired, not 5`];
  for (const { name, fired, jobs, ticks, first, next } of rows) {
    if (jobs !== ticks) found.push(`${name}: ${jobs} jobs of ${ticks} ticks`);
    if (name !== "alone" && (first !== 0 || ticks !== next)) found.push(`${name}: a tick is missing, of ${next}`);
    if (name !== "alone" && name !== "dropped" && fired !== next) found.push(`${name}: fired ${fired} times, not ${next}`);
    if (name === "alone" && fired < next) found.push(`${name}: fired ${fired} times, not ${next}`);
  }
  return found;
}
