/**
 * Generated from sql/ by `npm run generate`; not to be edited.
 * @module
 */
export const statements = {
  enqueue: "select e.id, e.outcome, e.existing_id, e.pending, e.running from mayfly.enqueue_v1($1::jsonb, strict => $2::boolean, allow_blocked => $3::boolean) as e",
  job: "select ( select json_build_object( 'id', j.id, 'name', j.name, 'queue', j.queue, 'state', j.state, 'priority', j.priority, 'attempt', j.attempt, 'retries', j.retries, 'concurrencyKey', nullif(j.concurrency_key, ''), 'runAt', j.run_at, 'createdAt', j.created_at, 'startedAt', j.started_at ) from mayfly.job j where j.id = $1::uuid ) as live, ( select json_agg(json_build_object( 'id', a.id, 'name', a.name, 'queue', a.queue, 'priority', a.priority, 'attempt', a.attempt, 'retries', a.retries, 'concurrencyKey', nullif(a.concurrency_key, ''), 'runAt', a.run_at, 'createdAt', a.created_at, 'startedAt', a.started_at, 'finishedAt', a.finished_at, 'retryAt', a.retry_at, 'outcome', a.outcome, 'error', a.error, 'output', a.output ) order by a.finished_at, a.attempt) from unnest(mayfly.result_slots(array[$1::uuid])) as s(slot) cross join lateral ( select r.id, r.name, r.queue, r.priority, r.attempt, r.retries, r.concurrency_key, r.run_at, r.created_at, r.started_at, r.finished_at, r.retry_at, r.outcome, r.error, r.output from mayfly.result r where r.slot = s.slot and r.id = $1::uuid ) as a ) as attempts",
  liveCount: "select c.pending, c.running from rows from (jsonb_to_recordset($1::jsonb) as (name text, key text)) with ordinality as g(name, key, nth) cross join lateral mayfly.live_count(g.name, g.key, null) as c order by g.nth",
  look: "select l.lost, l.more, l.ready, (extract(epoch from l.next_due - now()) * 1000)::bigint as next_due_ms from mayfly.look_v1($1::integer, $2::integer, $3::text[]) as l",
  migrationLedger: "select m.version, m.name, m.breaking from mayfly.migration m order by m.version",
  migrationLock: "select pg_advisory_xact_lock(7381, 1)",
  migrationRecord: "insert into mayfly.migration (version, name, breaking) values ($1::integer, $2::text, $3::boolean)",
  migrationSchema: "create schema if not exists mayfly",
  migrationTable: "create table if not exists mayfly.migration ( version integer not null, name text not null, breaking boolean not null, applied_at timestamptz not null default now(), constraint migration_pkey primary key (version) )",
  turn: "select t.jobs, t.replayed, t.verdicts, t.parked, (extract(epoch from t.next_due - now()) * 1000)::bigint as next_due_ms from mayfly.turn_v1( $1::uuid, $2::uuid, $3::integer, $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::json, $9::timestamptz, $10::json ) as t",
} as const;
