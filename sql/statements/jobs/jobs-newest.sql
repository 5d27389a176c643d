-- Live jobs, the newest first, as far as ids are made in order.
-- $1 looks integer: looks at so many rows; $2 most integer: shows so many; $3 wanted jsonb: see mayfly.job_fits;
-- $4 before uuid: those with smaller ids, null: all.
-- One row: items; more, there may be others; place, to go on from, of the last row shown, or looked at where there is room for more; looked_to: its time.
-- indexes: job_pkey
with looked as materialized (
  select j.ctid as tid, row_number() over (order by j.id desc) as nth, mayfly.job_fits(j, $3::jsonb) as fits
  from mayfly.job j where $4::uuid is null or j.id < $4::uuid
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
