/**
 * What must hold once the race is over, asked of the tables.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";
import { LIMIT } from "./actors.ts";
import type { Ledger } from "./ledger.ts";

/** Everything that is not as it must be; empty when all is well. */
export async function findViolations({ sql }: TestDatabase, ledger: Ledger, workersAtEnd: readonly string[]): Promise<string[]> {
  const found = [...ledger.violations];
  const none = async (what: string, text: string, values: unknown[] = []) => {
    const [row] = await sql<{ n: number }>(text, values);
    if (row?.n !== 0) found.push(`${what}: ${row?.n}`);
  };
  await none(
    "jobs running under a worker that ended with empty hands",
    "select count(*)::int n from mayfly.job where state = 'running' and worker_id = any ($1::uuid[])",
    [workersAtEnd],
  );
  await none(
    "live jobs left that are neither scheduled nor unknown",
    "select count(*)::int n from mayfly.job where state <> 'scheduled' and name <> 'unknown'",
  );
  await none(
    "attempts with two results",
    "select count(*)::int n from (select from mayfly.result group by id, claim_id having count(*) > 1) x",
  );
  await none(
    "jobs with two last results",
    "select count(*)::int n from (select from mayfly.result where retry_at is null group by id having count(*) > 1) x",
  );
  await none(
    "results after the last one",
    "select count(*)::int n from mayfly.result a join mayfly.result b using (id) where a.retry_at is null and b.claim_id <> a.claim_id and b.attempt >= a.attempt",
  );
  await none(
    "attempts counted twice, or not at all",
    "select count(*)::int n from (select from mayfly.result group by id having max(attempt) <> count(*)) x",
  );
  await none(
    "jobs that run again and have ended",
    "select count(*)::int n from mayfly.job j join mayfly.result r using (id) where r.retry_at is null",
  );

  const wentIn = [...ledger.enqueued].filter(([, told]) => told.has("enqueued") || told.has("duplicate")).map(([id]) => id);
  await none(
    `jobs lost, of ${wentIn.length} told enqueued`,
    `select count(*)::int n from unnest($1::uuid[]) as i(id)
     where not exists (select from mayfly.job j where j.id = i.id) and not exists (select from mayfly.result r where r.id = i.id and r.retry_at is null)`,
    [wentIn],
  );
  // A copy of a refused request may go in later, when nothing is in its way any more.
  const refused = [...ledger.enqueued.keys()].filter((id) => !wentIn.includes(id) && !ledger.doubled.has(id));
  await none(
    `jobs present, of ${refused.length} told refused`,
    "select count(*)::int n from unnest($1::uuid[]) as i(id) where exists (select from mayfly.job j where j.id = i.id) or exists (select from mayfly.result r where r.id = i.id)",
    [refused],
  );

  const results = new Map(
    (await sql<{ key: string; outcome: string }>("select id || '|' || claim_id as key, outcome from mayfly.result")).map(
      ({ key, outcome }) => [key, outcome],
    ),
  );
  for (const [key, { outcome, verdicts }] of ledger.settled) {
    if (outcome === "released") continue;
    const accepted = verdicts.has("applied") || verdicts.has("already");
    if (accepted && results.get(key) !== outcome)
      found.push(`${key} was told ${[...verdicts].join(", ")} as ${outcome}, and the table has ${results.get(key)}`);
    if (verdicts.has("stale") && accepted) found.push(`${key} was told both accepted and stale`);
    if (!accepted && results.get(key) === outcome) found.push(`${key} was told stale, and its result is there`);
  }
  return found;
}

/** What must hold at every moment: no key with two jobs, no group over its limit. */
export async function sample({ sql }: TestDatabase): Promise<string[]> {
  const [row] = await sql<{ keys: number; groups: number }>(
    `select
       (select count(*)::int from (select from mayfly.job where name = 'keyed' group by concurrency_key having count(*) > 1) x) as keys,
       (select count(*)::int from (select from mayfly.job where name = 'limited' group by concurrency_key having count(*) > ${LIMIT}) x) as groups`,
  );
  return [...(row?.keys ? ["a key held twice"] : []), ...(row?.groups ? ["a limit exceeded"] : [])];
}
