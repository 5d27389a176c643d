-- Names and keys with jobs held at a running limit that has room. $1 most integer. A row each.
-- indexes: job_held, job_capped
select h.name, nullif(h.concurrency_key, '') as key, h.held, h.running_limit, r.running
from (
  select j.name, j.concurrency_key, count(*) as held, max(j.running_limit) as running_limit
  from mayfly.job j where j.held group by j.name, j.concurrency_key
) as h
cross join lateral (
  select count(*) as running from mayfly.job j
  where j.claim_id is not null and j.running_limit is not null and j.name = h.name and j.concurrency_key = h.concurrency_key
) as r
where r.running < h.running_limit
order by h.held desc, h.name, h.concurrency_key limit $1::integer
