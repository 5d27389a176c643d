-- Names and keys with throttled jobs whose running limit has room. $1 limit integer. A row each.
-- indexes: scheduled_throttled, running_limited
select t.name, nullif(t.held_key, '') as key, t.jobs, t.running_limit, r.running
from (
  select s.name, s.held_key, count(*) as jobs, max(s.running_limit) as running_limit
  from mayfly.scheduled s
  where s.run_at is null
  group by s.name, s.held_key
) as t
cross join lateral (
  select count(*) as running from mayfly.running n
  where n.running_limit is not null and n.name = t.name and n.held_key = t.held_key
) as r
where r.running < t.running_limit
order by t.jobs desc, t.name, t.held_key
limit $1::integer
