/**
 * What must hold once the race is over.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";
import { type ChaosDriver, enqueuedIds, type TimedOut } from "./chaos.ts";
import { countAcross, lives } from "./history.ts";
import type { Ledger } from "./ledger.ts";
import { replay } from "./replay.ts";
import { APPLICATION } from "./tickers.ts";
import { findFalseWords } from "./words.ts";

/** Everything that is not as it must be at the end. */
export async function findViolations(database: TestDatabase, ledger: Ledger, driver: ChaosDriver): Promise<string[]> {
  const found = [...ledger.violations];
  const none = async (what: string, text: string, values: unknown[] = []) => {
    const rows = await database.sql<{ id: string }>(text, values);
    for (const { id } of rows) found.push(`${what}: ${id}, told ${[...(ledger.enqueued.get(id) ?? [])].join(", ")}`);
  };
  for await (const life of lives(database)) found.push(...replay(life, ledger));
  for (const [what, n] of Object.entries(await countAcross(database, ledger.pauses))) if (n !== 0) found.push(`${what}: ${n}`);
  await none("live jobs left whose name is known", "select id from mayfly.live where name <> 'unknown'");

  const wentIn = [...ledger.enqueued].filter(([, told]) => told.has("enqueued") || told.has("duplicate")).map(([id]) => id);
  const byHand = [...ledger.retries.values()].flat().filter(({ outcome }) => outcome === "enqueued" || outcome === "already");
  await none(
    `jobs lost, of ${wentIn.length} told enqueued and ${byHand.length} retried by hand`,
    `select i.id from unnest($1::uuid[]) as i(id)
     where not exists (select from mayfly.live l where l.id = i.id) and not exists (select from race.event e where e.id = i.id and e.kind = 'R' and e.last)`,
    [[...wentIn, ...byHand.map(({ id }) => id)]],
  );
  // A copy of a refused request may go in later, when nothing is in its way any more.
  const inside = new Set(wentIn);
  const refused = [...ledger.enqueued.keys()].filter((id) => !inside.has(id) && !ledger.doubled.has(id));
  await none(
    `jobs present, of ${refused.length} told refused or rolled back`,
    "select i.id from unnest($1::uuid[]) as i(id) where exists (select from race.event e where e.id = i.id)",
    [refused],
  );
  found.push(...(await findFalseWords(database, ledger)), ...(await findWrongTicks(database)), ...findWrongStates(driver, ledger));
  return found;
}

/** Nobody meets a deadlock or a failed serialization; only who asks for what a stranger holds may wait in vain. */
function findWrongStates({ states, timedOut, deadlocks }: ChaosDriver, ledger: Ledger): string[] {
  const failed = states.has("40001") ? [`40001 was met ${states.get("40001")} times`] : [];
  const unfounded = timedOut.filter((call) => !asked(call, ledger).some((what) => isHeld(what, call.at, ledger)));
  return [
    ...failed,
    ...deadlocks.map((call) => `a deadlock in ${call}`),
    ...unfounded.map(({ statement, params }) => `${statement} waited in vain: ${JSON.stringify(params).slice(0, 200)}`),
  ];
}

/** Of one id, or an array of them. */
const idsIn = (param: unknown): string[] => String(param).match(/[\w-]+/g) ?? [];

/** The ids and keys of a call. */
function asked({ statement, params }: TimedOut, ledger: Ledger): string[] {
  const ids = statement === "cancel" || statement === "retry" ? params.flatMap(idsIn) : enqueuedIds(statement, params);
  return ids.flatMap((id) => [id, ledger.keys.get(id) ?? id]);
}

/** While a call waited, at most seven seconds with those before it, a stranger held it. */
function isHeld(what: string, at: number, { holds }: Ledger): boolean {
  return holds.some((hold) => hold.what.has(what) && hold.from < at && hold.to > at - 7_000);
}

/** Each tick has fired once; only `alone` may leave one out. */
async function findWrongTicks({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ name: string; fired: number; jobs: number; ticks: number; first: number; next: number }>(
    `with ticked as (
       select id, payload ->> 'schedule' as name, (payload ->> 'fire')::int as fire from mayfly.job where name = 'ticked' and retry_of is null
     )
     select t.name, (select s.fire_count::int from mayfly.schedule s where s.application = $1 and s.name = t.name) as fired,
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
