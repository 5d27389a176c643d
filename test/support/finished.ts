/**
 * Attempts that have finished, written as the queue leaves them, for tests of what is read afterwards.
 * @module
 */
import type { JobAttempt } from "../../src/job/jobs-client.ts";
import { newId } from "./samples.ts";

type Sql = <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>;

export interface FinishedAttempt {
  /** Default: a new one of today. */
  readonly id?: string;
  readonly name?: string;
  readonly queue?: string;
  readonly outcome?: JobAttempt["outcome"];
  readonly key?: string;
  readonly attempt?: number;
  readonly createdBy?: string;
  readonly retryOf?: string;
  readonly workerId?: string;
  readonly error?: object;
  /** It is to run again. */
  readonly retried?: boolean;
  readonly finishedDaysAgo?: number;
}

/** Writes them, and answers the ids of their jobs. */
export async function writeFinished(sql: Sql, attempts: readonly FinishedAttempt[]): Promise<string[]> {
  const rows = attempts.map(({ id = newId(), ...rest }) => ({ id, ...rest }));
  await sql(
    `with given as (
       select g.* from json_to_recordset($1::json) as g(
         id uuid, name text, queue text, outcome text, key text, attempt smallint, "createdBy" text, "retryOf" uuid, "workerId" uuid, error json,
         retried boolean, "finishedDaysAgo" double precision
       )
     ), jobs as (
       insert into mayfly.job (id, partition, name, queue, key, created_by, retry_of)
       select g.id, mayfly.partition_of(g.id), coalesce(g.name, 'work'), coalesce(g.queue, 'default'), g.key, g."createdBy", g."retryOf"
       from given g
       on conflict do nothing
     )
     insert into mayfly.result (id, claim_id, worker_id, finished_at, retry_at, partition, attempt, outcome, queue, name, key, error)
     select
       g.id, gen_random_uuid(), g."workerId", now() - coalesce(g."finishedDaysAgo", 0) * interval '1 day', case when g.retried then now() end,
       mayfly.partition_of(g.id), coalesce(g.attempt, 1), coalesce(g.outcome, 'successful'), coalesce(g.queue, 'default'), coalesce(g.name, 'work'),
       g.key, g.error
     from given g`,
    [JSON.stringify(rows)],
  );
  return rows.map(({ id }) => id);
}

/** A UUIDv7 of a job that was made so many days ago. */
export async function idOfDaysAgo(sql: Sql, days: number): Promise<string> {
  const [row] = await sql<{ id: string }>(
    "select (left(mayfly.uuid7_floor(now() - $1 * interval '1 day')::text, 15) || substr(gen_random_uuid()::text, 16))::uuid as id",
    [days],
  );
  return row?.id ?? "";
}
