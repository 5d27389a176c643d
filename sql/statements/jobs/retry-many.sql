-- Run finished jobs once more. $1 ids uuid[], $2 new_ids uuid[]: see mayfly.retry_v1. A row each, in order.
select t.outcome, t.job_id from (
  select i.nth, r.outcome, r.job_id
  from (select u.id, u.new_id, u.nth from unnest($1::uuid[], $2::uuid[]) with ordinality as u(id, new_id, nth)
  order by u.id, u.nth) as i
  cross join lateral mayfly.retry_v1(i.id, i.new_id) as r
) as t
order by t.nth
