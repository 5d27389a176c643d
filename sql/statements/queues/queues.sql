-- Queues that hold live jobs or are paused, by name. $1 cap integer: counting stops there; $2 limit integer; $3 after
-- text: only names behind this one, null: all. A row each.
-- scheduled: of as many jobs as the cap that are due next.
-- A loose scan of the index: from each queue and priority to the next one.
-- indexes: ready_next, scheduled_due
with recursive head as (
  (
    select r.queue, r.priority, r.ready_at, 1 as nth from mayfly.ready r
    where r.queue > coalesce($3::text, '')
    order by r.queue, r.priority desc, r.ready_at
    limit 1
  )
  union all
  select n.queue, n.priority, n.ready_at, h.nth + (n.queue > h.queue)::integer
  from head h
  cross join lateral (
    (
      select r.queue, r.priority, r.ready_at from mayfly.ready r
      where r.queue = h.queue and r.priority < h.priority
      order by r.priority desc, r.ready_at
      limit 1
    )
    union all
    (
      select r.queue, r.priority, r.ready_at from mayfly.ready r
      where r.queue > h.queue
      order by r.queue, r.priority desc, r.ready_at
      limit 1
    )
    limit 1
  ) as n
  where h.nth <= $2::integer
), ready as (
  select h.queue, min(h.ready_at) as oldest
  from head h
  group by h.queue
), running as (
  select r.queue, count(*) as jobs
  from (select a.queue from mayfly.running a limit $1::integer) as r
  group by r.queue
), scheduled as (
  select s.queue, count(*) as jobs
  from (
    select a.queue from mayfly.scheduled a where a.run_at is not null order by a.run_at limit $1::integer
  ) as s
  group by s.queue
), paused as (
  select q.name as queue, q.paused_at from mayfly.queue q where q.paused_at is not null
    and q.name > coalesce($3::text, '')
), named as (
  select r.queue from ready r
  union select a.queue from running a where a.queue > coalesce($3::text, '')
  union select s.queue from scheduled s where s.queue > coalesce($3::text, '')
  union select p.queue from paused p
  order by queue
  limit $2::integer
)
select
  n.queue,
  to_json(p.paused_at) #>> '{}' as paused_at,
  case when r.queue is null then 0 else (
    select count(*) from (select from mayfly.ready a where a.queue = n.queue limit $1::integer) as counted
  ) end as ready,
  case when r.oldest is not null then greatest(0, extract(epoch from now() - r.oldest) * 1000)::bigint end as oldest_ms,
  coalesce(a.jobs, 0) as running,
  coalesce(s.jobs, 0) as scheduled
from named n
left join ready r on r.queue = n.queue
left join running a on a.queue = n.queue
left join scheduled s on s.queue = n.queue
left join paused p on p.queue = n.queue
order by n.queue
