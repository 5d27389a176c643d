-- Scheduled jobs, those that are due next first.
-- $1 looks integer: looks at so many rows; $2 most integer: shows so many; $3 wanted jsonb: see mayfly.job_fits;
-- those after $4 run_at timestamptz, $5 id uuid; null: all.
-- One row: items; more, there may be others; place, to go on from, of the last row shown, or looked at where there is room for more; looked_to: its time.
-- indexes: job_scheduled
with looked as materialized (
  select j.ctid as tid, row_number() over (order by j.run_at, j.id) as nth, mayfly.job_fits(j, $3::jsonb) as fits
  from mayfly.job j
  where j.state = 'scheduled' and not j.held
    and ($4::timestamptz is null or j.run_at >= $4::timestamptz and (j.run_at > $4::timestamptz or j.id > $5::uuid))
  order by j.run_at, j.id limit $1::integer
), shown as (
  select l.tid, l.nth from looked l where l.fits order by l.nth limit $2::integer
), stop as (
  select count(*) as rows, case when (select count(*) from shown) = $2::integer then (select max(s.nth) from shown s) else count(*) end as nth from looked
)
select
  (select json_agg(mayfly.job_summary(j) order by s.nth) from shown s join mayfly.job j on j.ctid = s.tid) as items,
  stop.rows = $1::integer or stop.nth < stop.rows as more, json_build_array(j.run_at, j.id) as place, to_json(j.run_at) #>> '{}' as looked_to
from stop left join looked l on l.nth = stop.nth left join mayfly.job j on j.ctid = l.tid
