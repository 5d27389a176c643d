-- What a tick does first: see mayfly.tick_v1. $1 stale_ms bigint, $2 upto integer, $3 queues text[], $4 options json.
-- One row.
select
  t.lost,
  t.more,
  t.rescued,
  t.sql_state,
  t.message,
  t.ready,
  (extract(epoch from t.next_due - now()) * 1000)::bigint as next_due_ms,
  t.maintenance_due,
  t.set_state,
  t.schedules,
  (extract(epoch from t.next_fire - now()) * 1000)::bigint as next_fire_ms,
  (extract(epoch from now()) * 1000)::bigint as now_ms
from mayfly.tick_v1($1::bigint, $2::integer, $3::text[], $4::json) as t
