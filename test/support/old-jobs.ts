/**
 * Jobs whose ids were made days ago, so that their partition has closed.
 * @module
 */
import assert from "node:assert/strict";
import type { NewJob } from "../../src/store/new-job.ts";
import type { SqlDatabase } from "./each-postgres.ts";
import { type NewJobFields, newJob } from "./samples.ts";

/** An id that was made so many days ago. */
export async function oldId({ sql }: Pick<SqlDatabase, "sql">, days: number): Promise<string> {
  const [row] = await sql<{ id: string }>("select mayfly.uuid7_floor(now() - $1 * interval '1 day') as id", [days]);
  return row?.id ?? "";
}

/** A job whose id was made so many days ago. */
export async function oldJob(database: Pick<SqlDatabase, "sql" | "store">, days: number, more: NewJobFields = {}): Promise<NewJob> {
  const job = newJob({ id: await oldId(database, days), ...more });
  assert.equal((await database.store.enqueue([job]))[0]?.outcome, "enqueued");
  return job;
}

/** Where its row in mayfly.job lies, and where its live row says that it does. */
export const partitionsOf = async ({ sql }: Pick<SqlDatabase, "sql">, id: string) =>
  (
    await sql<{ far: boolean }>(
      `select partition = mayfly.far() as far from mayfly.job where id = $1
       union all select partition = mayfly.far() from mayfly.live where id = $1`,
      [id],
    )
  ).map(({ far }) => (far ? "far" : "its own"));
