-- Queues with ready jobs, the one that has waited longest first. $1 most integer. A row each. All ready jobs are read.
select j.queue, p.paused_at is not null as paused, count(*) as jobs, (extract(epoch from now() - min(j.ready_at)) * 1000)::bigint as waiting_ms
from mayfly.job j left join mayfly.queue p on p.name = j.queue
where j.state = 'ready' and j.parked = 0
group by j.queue, p.paused_at order by min(j.ready_at) limit $1::integer
