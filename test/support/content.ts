/**
 * What a database holds: as text, to be compared, and thrown away before the next test.
 * @module
 */

/** A database as far as a test can ask it. */
interface Asked {
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

const TABLES = [
  "job",
  "ready",
  "scheduled",
  "running",
  "result",
  "held_key",
  "lock_row",
  "cancel",
  "worker",
  "claim",
  "queue",
  "schedule",
  "schedule_set",
  "attempt_counts",
  "usage",
  "idempotency_key",
  "sign_in",
  "signed_out",
  "producer_job",
];

/** Leaves it as the migrations did. */
export async function empty({ sql }: Asked): Promise<void> {
  const deletes = TABLES.map((table) => `delete from mayfly.${table};`);
  const duties = "update mayfly.duty set due_at = now() + every, failed_at = null, sql_state = null, message = null;";
  await sql(`do $$ begin ${deletes.join(" ")} ${duties} end $$`);
}

/** Removes all live jobs without a trace, as if they had never been enqueued. */
export async function forgetJobs({ sql }: Asked): Promise<void> {
  for (const table of ["job", "ready", "scheduled", "running", "held_key"]) await sql(`delete from mayfly.${table}`);
}

/** Every row there is, as one text for each table: the same texts mean that nothing has changed. */
export async function contentOf({ sql }: Asked): Promise<Readonly<Record<string, string>>> {
  const texts = TABLES.map((table) => `(select string_agg(t::text, chr(10) order by t::text) from mayfly.${table} t) as ${table}`);
  const [row] = await sql<Record<string, string>>(`select ${texts.join()}`);
  return row ?? {};
}
