-- Jobs that nobody knew how to run, by name. $1 limit integer. A row each, the oldest first. All waiting jobs are read.
select l.name, count(*) as jobs, (extract(epoch from now() - min(l.ready_at)) * 1000)::bigint as waiting_ms
from mayfly.live l
where l.parked > 0
group by l.name
order by min(l.ready_at)
limit $1::integer
