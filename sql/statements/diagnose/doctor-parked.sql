-- Jobs set aside because nobody knew how to run them, by name. $1 most integer. A row each, the oldest first. All live jobs are read.
select j.name, count(*) as jobs, (extract(epoch from now() - min(j.ready_at)) * 1000)::bigint as waiting_ms
from mayfly.job j where j.parked > 0 and j.state <> 'running'
group by j.name order by min(j.ready_at) limit $1::integer
