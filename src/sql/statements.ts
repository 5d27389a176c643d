/**
 * Generated from sql/ by `npm run generate`; not to be edited.
 * @module
 */
export const statements = {
  announceSchedules: "select mayfly.announce_schedules_v1($1::text, $2::text, $3::json) as set_state",
  cancel: "select mayfly.cancel_v1($1::uuid) as outcome",
  enqueue: "select e.id, e.outcome, e.existing_id, e.pending, e.running from mayfly.enqueue_v1($1::jsonb, strict => $2::boolean, allow_blocked => $3::boolean) as e",
  fire: "select f.name, to_json(f.outcomes) as outcomes from mayfly.fire_v1($1::text, $2::json) as f",
  job: "select ( select json_build_object( 'id', j.id, 'name', j.name, 'queue', j.queue, 'state', j.state, 'priority', j.priority, 'attempt', j.attempt, 'retries', j.retries, 'concurrencyKey', nullif(j.concurrency_key, ''), 'runAt', j.run_at, 'createdAt', j.created_at, 'startedAt', j.started_at ) from mayfly.job j where j.id = $1::uuid and not j.ended ) as live, ( select json_agg(json_build_object( 'id', a.id, 'name', a.name, 'queue', a.queue, 'priority', a.priority, 'attempt', a.attempt, 'retries', a.retries, 'concurrencyKey', nullif(a.concurrency_key, ''), 'runAt', a.run_at, 'createdAt', a.created_at, 'startedAt', a.started_at, 'finishedAt', a.finished_at, 'retryAt', a.retry_at, 'retriedAs', a.retried_as, 'outcome', a.outcome, 'error', a.error, 'output', a.output ) order by a.finished_at, a.attempt) from unnest(mayfly.result_slots(array[$1::uuid])) as s(slot) cross join lateral ( select r.id, r.name, r.queue, r.priority, r.attempt, r.retries, r.concurrency_key, r.run_at, r.created_at, r.started_at, r.finished_at, r.retry_at, r.retried_as, r.outcome, r.error, r.output from mayfly.result r where r.slot = s.slot and r.id = $1::uuid  offset 0 ) as a ) as attempts",
  liveCount: "select c.pending, c.running from rows from (jsonb_to_recordset($1::jsonb) as (name text, key text)) with ordinality as g(name, key, nth) cross join lateral mayfly.live_count(g.name, g.key, null) as c order by g.nth",
  liveJobs: "select j.id, j.queue, j.state, j.priority, j.attempt, j.retries, nullif(j.concurrency_key, '') as concurrency_key, to_json(j.run_at) #>> '{}' as run_at, to_json(j.created_at) #>> '{}' as created_at, to_json(j.started_at) #>> '{}' as started_at from mayfly.job j where j.ctid = any (array( select k.ctid from mayfly.job k where $2::text is not null and k.name = $1::text and k.concurrency_key = $2::text and k.exclusive union all select g.ctid from mayfly.job g where $2::text is not null and g.name = $1::text and g.concurrency_key = $2::text and g.concurrency_key is not null and not g.exclusive union all select n.ctid from mayfly.job n where $2::text is null and n.name = $1::text )) and (j.state = 'running') = $3::boolean and not j.ended order by j.priority desc, j.ready_at, j.run_at, j.id limit $4::integer",
  look: "select l.lost, l.ended, l.more, l.ready, (extract(epoch from l.next_due - now()) * 1000)::bigint as next_due_ms, l.set_state, l.schedules, (extract(epoch from l.next_fire - now()) * 1000)::bigint as next_fire_ms, (extract(epoch from now()) * 1000)::bigint as now_ms from mayfly.look_v1($1::integer, $2::integer, $3::text[], $4::json) as l",
  migrationLedger: "select m.version, m.name, m.breaking from mayfly.migration m order by m.version",
  migrationLock: "select pg_advisory_xact_lock(7381, 1)",
  migrationRecord: "insert into mayfly.migration (version, name, breaking) values ($1::integer, $2::text, $3::boolean)",
  migrationSchema: "create schema if not exists mayfly",
  migrationTable: "create table if not exists mayfly.migration ( version integer not null, name text not null, breaking boolean not null, applied_at timestamptz not null default now(), constraint migration_pkey primary key (version) )",
  queuePause: "insert into mayfly.queue as q (name, paused_at) values ($1::text, now()) on conflict on constraint queue_pkey do update set paused_at = coalesce(q.paused_at, excluded.paused_at)",
  queueResume: "update mayfly.queue q set paused_at = null where q.name = $1::text",
  retry: "select r.outcome, r.job_id from mayfly.retry_v1($1::uuid, $2::uuid) as r",
  schedulePause: "update mayfly.schedule s set paused_at = coalesce(s.paused_at, now()) where s.application = $1::text and s.name = $2::text returning s.name",
  scheduleResume: "update mayfly.schedule s set resumed_at = case when s.paused_at is null then s.resumed_at else now() end, paused_at = null where s.application = $1::text and s.name = $2::text returning s.name",
  turn: "select t.jobs, t.replayed, t.verdicts, t.cancels, t.gone, t.marks, t.parked, t.busy, (extract(epoch from t.next_due - now()) * 1000)::bigint as next_due_ms from mayfly.turn_v1( $1::uuid, $2::uuid, $3::integer, $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::json, $9::json, $10::json ) as t",
} as const;
