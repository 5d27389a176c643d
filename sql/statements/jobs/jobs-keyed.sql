-- Live jobs with a key, the newest first.
-- $1 looks integer: looks at so many rows; $2 most integer: shows so many; $3 wanted jsonb: see mayfly.job_fits; $4 key text, $5 name text: null for any, then each
-- name that has keys is asked, up to a thousand; $6 before uuid: those with smaller ids, null: all.
-- One row: items; more, there may be others; place, to go on from, of the last row shown, or looked at where there is room for more; looked_to: its time.
-- indexes: job_key, job_group
with recursive alone as (
  select coalesce($5::text, (select k.name from mayfly.job k where k.exclusive order by k.name limit 1)) as name
  union all
  select (select k.name from mayfly.job k where k.exclusive and k.name > a.name order by k.name limit 1) from alone a where a.name is not null and $5::text is null
), grouped as (
  select coalesce($5::text, (select k.name from mayfly.job k where k.concurrency_key is not null and not k.exclusive order by k.name limit 1)) as name
  union all
  select (select k.name from mayfly.job k where k.concurrency_key is not null and not k.exclusive and k.name > g.name order by k.name limit 1)
  from grouped g where g.name is not null and $5::text is null
), keyed as (
  select k.tid from (select a.name from alone a limit 1000) as n
  cross join lateral (select k.ctid as tid from mayfly.job k where k.exclusive and k.name = n.name and k.concurrency_key = $4::text) as k
  union all
  select k.tid from (select g.name from grouped g limit 1000) as n
  cross join lateral (
    select k.ctid as tid from mayfly.job k
    where k.concurrency_key is not null and not k.exclusive and k.name = n.name and k.concurrency_key = $4::text limit $1::integer
  ) as k
), looked as materialized (
  select j.ctid as tid, row_number() over (order by j.id desc) as nth, mayfly.job_fits(j, $3::jsonb) as fits
  from keyed k join mayfly.job j on j.ctid = k.tid
  where $6::uuid is null or j.id < $6::uuid
  order by j.id desc limit $1::integer
), shown as (
  select l.tid, l.nth from looked l where l.fits order by l.nth limit $2::integer
), stop as (
  select count(*) as rows, case when (select count(*) from shown) = $2::integer then (select max(s.nth) from shown s) else count(*) end as nth from looked
)
select
  (select json_agg(mayfly.job_summary(j) order by s.nth) from shown s join mayfly.job j on j.ctid = s.tid) as items,
  stop.rows = $1::integer or stop.nth < stop.rows as more, json_build_array(j.id) as place, to_json(j.created_at) #>> '{}' as looked_to
from stop left join looked l on l.nth = stop.nth left join mayfly.job j on j.ctid = l.tid
