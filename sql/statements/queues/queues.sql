-- Queues that hold live jobs or are paused, by name. $1 cap integer: counting stops there; $2 most integer. A row each. Scheduled: of as many jobs as the
-- cap that are due next.
-- indexes: job_ready, job_running, job_scheduled, queue_pkey
with recursive head as (
  (select j.queue, j.priority, j.ready_at from mayfly.job j where j.state = 'ready' order by j.queue, j.priority desc, j.ready_at limit 1)
  union all
  select n.queue, n.priority, n.ready_at from head h cross join lateral (
    (
      select j.queue, j.priority, j.ready_at from mayfly.job j where j.state = 'ready' and j.queue = h.queue and j.priority < h.priority
      order by j.priority desc, j.ready_at limit 1
    )
    union all
    (select j.queue, j.priority, j.ready_at from mayfly.job j where j.state = 'ready' and j.queue > h.queue order by j.queue, j.priority desc, j.ready_at limit 1)
    limit 1
  ) as n
), ready as (
  select h.queue, min(h.ready_at) as oldest from (select queue, ready_at from head limit 2000) as h group by h.queue
), running as (
  select r.queue, count(*) as jobs from (select j.queue from mayfly.job j where j.state = 'running' limit $1::integer) as r group by r.queue
), scheduled as (
  select s.queue, count(*) as jobs from (
    select j.queue from mayfly.job j where j.state = 'scheduled' and not j.held order by j.run_at limit $1::integer
  ) as s group by s.queue
), paused as (
  select q.name as queue, q.paused_at from mayfly.queue q where q.paused_at is not null
), named as (
  select r.queue from ready r union select r.queue from running r union select s.queue from scheduled s union select p.queue from paused p
  order by queue limit $2::integer
)
select n.queue, to_json(p.paused_at) #>> '{}' as paused_at,
  case when r.queue is null then 0 else (
    select count(*) from (select from mayfly.job j where j.state = 'ready' and j.queue = n.queue limit $1::integer) as counted
  ) end as ready,
  case when r.oldest is not null then greatest(0, extract(epoch from now() - r.oldest) * 1000)::bigint end as oldest_ms, coalesce(a.jobs, 0) as running, coalesce(s.jobs, 0) as scheduled
from named n
left join ready r on r.queue = n.queue left join running a on a.queue = n.queue left join scheduled s on s.queue = n.queue left join paused p on p.queue = n.queue
order by n.queue
