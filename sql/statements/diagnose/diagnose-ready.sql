-- Queues with ready jobs, the one that has waited longest first; without jobs that were parked. $1 limit integer. A row
-- each. All ready jobs are read.
select
  r.queue,
  q.paused_at is not null as paused,
  count(*) as jobs,
  (extract(epoch from now() - min(r.ready_at)) * 1000)::bigint as waiting_ms
from mayfly.ready r
left join mayfly.queue q on q.name = r.queue
where r.parked is null
group by r.queue, q.paused_at
order by min(r.ready_at)
limit $1::integer
