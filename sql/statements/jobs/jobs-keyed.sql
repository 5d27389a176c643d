-- Live jobs with a key, the newest first.
-- $1 budget integer: reads at most so many rows; $2 limit integer: shows at most so many; $3 wanted jsonb: see
-- mayfly.job_matches; $4 key text; $5 name text: null for any, then each name that has keys is asked, up to a thousand;
-- $6 before uuid: those with smaller ids, null for all.
-- One row: items; more, whether there may be others; cursor, to go on after the last row shown, or after the last one
-- read where there is room for more; scanned_to, its time.
-- indexes: held_key_pkey, ready_pkey, scheduled_pkey, running_pkey, job_NN_pkey
-- A loose scan of the index: from each name to the next one.
with recursive named as (
  select coalesce($5::text, (select h.name from mayfly.held_key h order by h.name limit 1)) as name
  union all
  select (select h.name from mayfly.held_key h where h.name > n.name order by h.name limit 1)
  from named n
  where n.name is not null and $5::text is null
), keyed as (
  select k.id
  from (select n.name from named n where n.name is not null limit 1000) as n
  cross join lateral (
    select h.id from mayfly.held_key h
    where h.name = n.name and h.key = $4::text and ($6::uuid is null or h.id < $6::uuid)
    order by h.id desc
    limit $1::integer
  ) as k
), scanned as materialized (
  select
    l as job,
    row_number() over (order by l.id desc) as nth,
    mayfly.job_matches(l, j, $3::jsonb) as matches
  from mayfly.live l
  left join mayfly.job j on j.partition = l.partition and j.id = any (array[l.id])
    and $3::jsonb ?| array['created_by', 'since', 'until']
  where l.id = any (array(select k.id from keyed k order by k.id desc limit $1::integer))
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
