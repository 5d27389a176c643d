-- Workers that have not signed off. $1 stale_ms bigint: one silent for longer is stale. One row. All workers are read.
select
  count(*) filter (where w.heartbeat_at >= now() - $1::bigint * interval '1 millisecond') as alive,
  count(*) filter (where w.heartbeat_at < now() - $1::bigint * interval '1 millisecond') as stale
from mayfly.worker w
where w.left_at is null
