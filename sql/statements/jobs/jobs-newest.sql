-- Live jobs, the newest first, as far as ids are made in order.
-- $1 budget integer: reads at most so many rows; $2 limit integer: shows at most so many; $3 wanted jsonb: see
-- mayfly.job_matches; $4 states text[]: in these, null for all; $5 before uuid: those with smaller ids, null for all.
-- One row: items; more, whether there may be others; cursor, to go on after the last row shown, or after the last one
-- read where there is room for more; scanned_to, its time.
-- indexes: ready_pkey, scheduled_pkey, running_pkey, job_NN_pkey
with scanned as materialized (
  select
    l as job,
    row_number() over (order by l.id desc) as nth,
    mayfly.job_matches(l, j, $3::jsonb) as matches
  from mayfly.live l
  left join mayfly.job j on j.partition = l.partition and j.id = any (array[l.id])
    and $3::jsonb ?| array['created_by', 'since', 'until']
  where ($4::text[] is null or l.state = any ($4::text[])) and ($5::uuid is null or l.id < $5::uuid)
  order by l.id desc
  limit $1::integer
), shown as (
  select s.job, s.nth from scanned s where s.matches order by s.nth limit $2::integer
), stop as (
  select
    count(*) as rows,
    case when (select count(*) from shown) = $2::integer then (select max(s.nth) from shown s) else count(*) end as nth
  from scanned
)
select
  (
    select json_agg(mayfly.job_summary(s.job, j, c.at) order by s.nth)
    from shown s
    join mayfly.job j on j.partition = (s.job).partition and j.id = any (array[(s.job).id])
    left join mayfly.cancel c on c.id = (s.job).id
  ) as items,
  stop.rows = $1::integer or stop.nth < stop.rows as more,
  json_build_array((l.job).id) as cursor,
  to_json(j.created_at) #>> '{}' as scanned_to
from stop
left join scanned l on l.nth = stop.nth
left join mayfly.job j on j.partition = (l.job).partition and j.id = any (array[(l.job).id])
