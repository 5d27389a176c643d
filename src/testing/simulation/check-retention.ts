/**
 * What becomes of results as days pass: none goes before its retention has ended, and none stays for ever.
 * @module
 */
import type { SimulationDatabase } from "./embedded-database.ts";
import type { Event } from "./history.ts";
import type { Program } from "./programs.ts";
import { runKey } from "./record.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface RetentionOptions {
  readonly time: VirtualTime;
  readonly database: SimulationDatabase;
  readonly housekeeper: Program;
  readonly retentionDays: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Results go with their partition, four days wide and closed two days later; ids of clocks that are ahead lie in one of later days. */
const SLACK_DAYS = 10;
/** Rows that one round of housekeeping changes. */
const SLICE = 5_000;

export async function checkRetention(events: readonly Event[], options: RetentionOptions): Promise<string[]> {
  const { database, time, retentionDays } = options;
  const kept = async () => {
    const rows = await database.sql<{ id: string; claim_id: string }>("select id, claim_id from mayfly.result");
    return new Set(rows.map(({ id, claim_id }) => runKey(id, claim_id)));
  };
  await keepHouse(options, retentionDays * DAY_MS - HOUR_MS);
  const early = await kept();
  const since = time.now - retentionDays * DAY_MS;
  const found = events
    .filter(({ kind, at, row }) => kind === "R" && row.retry_at === null && at > since && !early.has(runKey(row.id, row.claim_id ?? "")))
    .map(({ row }) => `${row.name} ${row.id}: its result went before its retention had ended`);
  await keepHouse(options, SLACK_DAYS * DAY_MS);
  for (const key of await kept()) found.push(`${key}: its result is still there, ${SLACK_DAYS} days after its retention`);
  return found;
}

/** Lets time pass, and then does what is due. */
async function keepHouse({ time, housekeeper, retentionDays }: RetentionOptions, ms: number): Promise<void> {
  await time.pass(ms);
  let isOver = false;
  const rounds = async () => {
    while ((await housekeeper.store.maintain(retentionDays, SLICE)).more);
    isOver = true;
  };
  const ended = rounds();
  await time.runUntil(() => isOver);
  await ended;
}
