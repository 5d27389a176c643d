-- A tick's first look. $1 stale_ms integer, $2 most integer, $3 queues text[], $4 options json: see mayfly.look_v1. One row.
select l.lost, l.rescued, l.ended, l.more, l.ready, (extract(epoch from l.next_due - now()) * 1000)::bigint as next_due_ms,
  l.set_state, l.schedules, l.failed, (extract(epoch from l.next_fire - now()) * 1000)::bigint as next_fire_ms, (extract(epoch from now()) * 1000)::bigint as now_ms
from mayfly.look_v1($1::integer, $2::integer, $3::text[], $4::json) as l
