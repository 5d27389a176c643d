-- Names of parked jobs. $1 limit integer. A row each, of the 10,000 jobs that are due within the longest delay of a
-- parked one.
-- indexes: scheduled_due
select p.name
from (
  select s.name, s.reason from mayfly.scheduled s
  where s.run_at <= now() + interval '61 minutes'
  order by s.run_at
  limit 10000
) as p
where p.reason = 'parked'
group by p.name
order by p.name
limit $1::integer
