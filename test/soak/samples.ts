/**
 * What must not grow: rows and bytes of the tables, and what the worker that lives on holds of its machine.
 * @module
 */
import { readdirSync } from "node:fs";
import { until } from "../support/condition.ts";
import type { TestDatabase } from "../support/database.ts";
import { mayfly, measured } from "./app.config.ts";

/** By what is measured. */
export type Sample = Readonly<Record<Measure, number>>;

export const MEASURES = {
  "live jobs": "rows of ready, scheduled and running",
  "dead rows": "dead rows of all tables whose rows come and go",
  "bytes of moving tables": "tables whose rows come and go, without indexes",
  "bytes of moving indexes": "their indexes",
  "bytes a kept job": "job and result with their indexes, for each job; they are kept for the retention",
  "bytes a kept claim": "claim and worker with their indexes, for each claim; claims are kept for an hour",
  "worker's memory": "resident bytes of the worker that lives on, after a garbage collection",
  "worker's heap": "what of that JavaScript uses",
  "worker's file descriptors": "of the same",
  "database connections": "of all",
} as const;

export type Measure = keyof typeof MEASURES;

const MOVING = "'ready', 'scheduled', 'running', 'held_key', 'lock_row', 'cancel', 'queue', 'schedule', 'schedule_set', 'duty', 'sign_in'";
const CLAIMS = "'claim', 'worker'";

const STATISTICS = `
  with relations as (
    select c.oid, coalesce(p.relname, c.relname) as name, s.n_dead_tup as dead, pg_table_size(c.oid) as bytes, pg_indexes_size(c.oid) as indexes
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_inherits i on i.inhrelid = c.oid
    left join pg_class p on p.oid = i.inhparent
    left join pg_stat_user_tables s on s.relid = c.oid
    where n.nspname = 'mayfly' and c.relkind = 'r'
  )
  select
    (select count(*) from mayfly.live)::float as live,
    sum(dead) filter (where name in (${MOVING}, ${CLAIMS}))::float as dead,
    sum(bytes) filter (where name in (${MOVING}))::float as bytes,
    sum(indexes) filter (where name in (${MOVING}))::float as indexes,
    sum(bytes + indexes) filter (where name in ('job', 'result'))::float / greatest((select count(*) from mayfly.job), 1) as kept,
    sum(bytes + indexes) filter (where name in (${CLAIMS}))::float / greatest((select count(*) from mayfly.claim), 1) as claims,
    (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid())::float as connections
  from relations`;

/** What the worker that lives on says of itself. */
async function memoryOf(database: TestDatabase): Promise<NodeJS.MemoryUsage> {
  const { id } = await mayfly.withDriver(database.driver).connect({}).enqueue(measured, {});
  return await until(async () => {
    const [row] = await database.sql<{ output: NodeJS.MemoryUsage }>("select output from mayfly.result where id = $1", [id]);
    return row?.output;
  });
}

/** Looks once. */
export async function sample(database: TestDatabase, worker: number): Promise<Sample> {
  const { rss, heapUsed } = await memoryOf(database);
  const [row] = await database.sql<Record<"live" | "dead" | "bytes" | "indexes" | "kept" | "claims" | "connections", number>>(STATISTICS);
  if (!row) throw new Error("the database told no statistics");
  return {
    "live jobs": row.live,
    "dead rows": row.dead,
    "bytes of moving tables": row.bytes,
    "bytes of moving indexes": row.indexes,
    "bytes a kept job": row.kept,
    "bytes a kept claim": row.claims,
    "worker's memory": rss,
    "worker's heap": heapUsed,
    "worker's file descriptors": readdirSync(`/proc/${worker}/fd`).length,
    "database connections": row.connections,
  };
}
