-- The database's clock; when a tick or a worker was last seen; for how long something has been overdue; workers.
-- $1 stale_ms bigint: one silent for longer is stale.
-- One row. All workers are read.
select
  (extract(epoch from now()) * 1000)::bigint as now_ms,
  (
    extract(epoch from now() - greatest((select max(s.seen_at) from mayfly.schedule_set s), max(w.heartbeat_at))) * 1000
  )::bigint as seen_ms,
  (extract(epoch from now() - mayfly.overdue_since()) * 1000)::bigint as overdue_ms,
  count(*) filter (
    where w.left_at is null and w.heartbeat_at >= now() - $1::bigint * interval '1 millisecond'
  ) as alive,
  count(*) filter (
    where w.left_at is null and w.heartbeat_at < now() - $1::bigint * interval '1 millisecond'
  ) as stale
from mayfly.worker w
