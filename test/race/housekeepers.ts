/**
 * Housekeepers: several at once, each duty always due; stragglers are moved and partitions truncated under load.
 * @module
 */
import { insist, LATE_MS, pause, type Race } from "./stage.ts";

const RETENTION_DAYS = 7;

/** As if their hour had come. */
const MAKE_DUE = `
update mayfly.duty d set due_at = now()
where d.name in (select o.name from mayfly.duty o where o.name in ('stragglers', 'retention') for update skip locked)`;

/** As if weeks had passed since what has ended some seconds ago, where partitions are closed: no copy of a call comes so late. */
const LET_TIME_PASS = `
update mayfly.result r set finished_at = finished_at - interval '40 days'
where (r.partition, r.id, r.claim_id) in (
  select o.partition, o.id, o.claim_id from mayfly.result o
  where o.partition = any (mayfly.closed_partitions(0) || mayfly.far()) and o.finished_at > now() - interval '1 day'
    and not exists (select from mayfly.live l where l.id = o.id)
    and not exists (
      select from mayfly.result n where n.partition = any (mayfly.closed_partitions(0) || mayfly.far()) and n.id = o.id
        and n.finished_at > now() - $1::integer * interval '1 millisecond'
    )
  limit 500
  for update skip locked
)`;

export async function housekeeper(race: Race): Promise<void> {
  const { database, ledger, random, store } = race;
  while (race.running()) {
    // Retention keeps the other duties waiting for the next call.
    if (random.chance(0.4)) await database.sql(MAKE_DUE);
    const told = await insist(race, () => store.maintain(RETENTION_DAYS, random.pick([2, 20, 500])));
    ledger.count("expired", told.expired);
    for (const { duty, sqlState, message } of told.failed) ledger.violations.push(`the duty ${duty} failed: ${sqlState} ${message}`);
    await pause(random.below(300));
  }
}

/** Makes results old, and counts how often a partition was emptied. */
export async function timekeeper({ database, ledger, running }: Race): Promise<void> {
  let nodes = "";
  while (running()) {
    await database.sql(LET_TIME_PASS, [2 * LATE_MS]);
    // A truncated table has a new file.
    const [row] = await database.sql<{ nodes: string }>(
      "select string_agg(relfilenode::text, ' ' order by relname) as nodes from pg_class where relnamespace = 'mayfly'::regnamespace and relname ~ '^job_\\d\\d$'",
    );
    const now = row?.nodes ?? "";
    const before = nodes.split(" ");
    if (nodes !== "") ledger.count("partition truncated", now.split(" ").filter((node, nth) => node !== before[nth]).length);
    nodes = now;
    await pause(500);
  }
}
