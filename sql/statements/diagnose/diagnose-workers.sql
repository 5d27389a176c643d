-- Workers that are silent for too long, and what runs under them. $1 stale_ms bigint; $2 limit integer. A row each,
-- those that hold most first. All workers are read.
-- indexes: running_worker
select
  w.id,
  w.runtime,
  (extract(epoch from now() - w.heartbeat_at) * 1000)::bigint as silent_ms,
  h.running
from mayfly.worker w
cross join lateral (select count(*) as running from mayfly.running r where r.worker_id = w.id) as h
where w.heartbeat_at < now() - $1::bigint * interval '1 millisecond' and (w.left_at is null or h.running > 0)
order by h.running desc, w.heartbeat_at
limit $2::integer
