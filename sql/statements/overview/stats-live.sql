-- Live jobs by queue, and the queues that are paused. Each job counts once: hooks, it has ended and waits for a hook; held, at its running limit;
-- parked, nobody knew how to run it. A row a queue. All live jobs are read.
select coalesce(l.queue, p.name) as queue, to_json(p.paused_at) #>> '{}' as paused_at, coalesce(l.ready, 0) as ready, coalesce(l.scheduled, 0) as scheduled,
  coalesce(l.running, 0) as running, coalesce(l.held, 0) as held, coalesce(l.parked, 0) as parked, coalesce(l.hooks, 0) as hooks
from (
  select j.queue,
    count(*) filter (where not j.ended and j.state = 'ready' and j.parked = 0) as ready,
    count(*) filter (where not j.ended and j.state = 'scheduled' and j.parked = 0 and not j.held) as scheduled,
    count(*) filter (where not j.ended and j.state = 'running') as running,
    count(*) filter (where not j.ended and j.held) as held,
    count(*) filter (where not j.ended and j.state <> 'running' and j.parked > 0 and not j.held) as parked,
    count(*) filter (where j.ended) as hooks
  from mayfly.job j group by j.queue
) as l
full join (select q.name, q.paused_at from mayfly.queue q where q.paused_at is not null) as p on p.name = l.queue
order by coalesce(l.queue, p.name)
