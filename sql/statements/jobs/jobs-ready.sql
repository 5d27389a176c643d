-- Ready jobs of a queue, in the order in which they are claimed.
-- $1 budget integer: reads at most so many rows; $2 limit integer: shows at most so many; $3 wanted jsonb: see
-- mayfly.job_matches; $4 queue text; those after $5 priority smallint, $6 ready_at timestamptz, $7 id uuid; null for
-- all.
-- One row: items; more, whether there may be others; cursor, to go on after the last row shown, or after the last one
-- read where there is room for more; scanned_to, its time.
-- indexes: ready_next, job_NN_pkey
with scanned as materialized (
  select
    l as job,
    row_number() over (order by l.priority desc, l.ready_at, l.id) as nth,
    mayfly.job_matches(l, j, $3::jsonb) as matches
  from mayfly.live l
  left join mayfly.job j on j.partition = l.partition and j.id = any (array[l.id])
    and $3::jsonb ?| array['created_by', 'since', 'until']
  where l.state = 'ready' and l.queue = $4::text
    and ($5::smallint is null or l.priority <= $5::smallint)
    and (
      $5::smallint is null or l.priority < $5::smallint or l.ready_at > $6::timestamptz
      or l.ready_at = $6::timestamptz and l.id > $7::uuid
    )
  order by l.priority desc, l.ready_at, l.id
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
  json_build_array((l.job).priority, (l.job).ready_at, (l.job).id) as cursor,
  to_json((l.job).ready_at) #>> '{}' as scanned_to
from stop
left join scanned l on l.nth = stop.nth
