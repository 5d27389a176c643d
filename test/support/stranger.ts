/**
 * Transactions beside the ones that are tested.
 * @module
 */
import type { PoolClient } from "pg";
import { until } from "./condition.ts";
import type { TestDatabase } from "./database.ts";

/** A stranger's transaction. It is rolled back where the test ends before it has ended. */
export interface Stranger extends AsyncDisposable {
  readonly client: PoolClient;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Begins one, and runs these statements in it. */
export async function begin({ pool }: Pick<TestDatabase, "pool">, ...statements: string[]): Promise<Stranger> {
  const client = await pool.connect();
  for (const statement of ["begin", ...statements]) await client.query(statement);
  let open = true;
  const end = async (how: "commit" | "rollback") => {
    if (!open) return;
    open = false;
    await client.query(how);
    client.release();
  };
  return {
    client,
    commit: () => end("commit"),
    rollback: () => end("rollback"),
    [Symbol.asyncDispose]: () => end("rollback"),
  };
}

/** Until so many calls wait for a lock in this database. */
export async function untilWaiting({ sql }: Pick<TestDatabase, "sql">, calls = 1): Promise<void> {
  const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  await until(async () => (await sql(waiting)).length >= calls);
}
