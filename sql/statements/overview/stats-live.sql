-- Live jobs by queue, and the queues that are paused. Each job counts once: hooks, it has ended and waits for a hook;
-- throttled, at its running limit; parked, nobody knew how to run it. A row a queue. All live jobs are read.
select
  coalesce(l.queue, p.name) as queue,
  to_json(p.paused_at) #>> '{}' as paused_at,
  coalesce(l.ready, 0) as ready,
  coalesce(l.scheduled, 0) as scheduled,
  coalesce(l.running, 0) as running,
  coalesce(l.throttled, 0) as throttled,
  coalesce(l.parked, 0) as parked,
  coalesce(l.hooks, 0) as hooks
from (
  select
    j.queue,
    count(*) filter (where j.ended is not true and j.state = 'ready') as ready,
    count(*) filter (where j.ended is not true and j.reason = 'due') as scheduled,
    count(*) filter (where j.ended is not true and j.state = 'running') as running,
    count(*) filter (where j.ended is not true and j.reason = 'throttled') as throttled,
    count(*) filter (where j.ended is not true and j.reason = 'parked') as parked,
    count(*) filter (where j.ended) as hooks
  from mayfly.live j
  group by j.queue
) as l
full join (select q.name, q.paused_at from mayfly.queue q where q.paused_at is not null) as p on p.name = l.queue
order by coalesce(l.queue, p.name)
