-- Running jobs, those that were started last first: workers hold no more than they run.
-- $1 looks integer: looks at so many rows; $2 most integer: shows so many; $3 wanted jsonb: see mayfly.job_fits; $4 worker uuid, null: of all workers;
-- those before $5 started_at timestamptz, $6 id uuid; null: all.
-- One row: items; more, there may be others; place, to go on from, of the last row shown, or looked at where there is room for more; looked_to: its time.
-- indexes: job_running
with looked as materialized (
  select j.ctid as tid, row_number() over (order by j.started_at desc, j.id desc) as nth, mayfly.job_fits(j, $3::jsonb) as fits
  from mayfly.job j
  where j.state = 'running' and ($4::uuid is null or j.worker_id = $4::uuid)
    and ($5::timestamptz is null or j.started_at < $5::timestamptz or j.started_at = $5::timestamptz and j.id < $6::uuid)
  order by j.started_at desc, j.id desc limit $1::integer
), shown as (
  select l.tid, l.nth from looked l where l.fits order by l.nth limit $2::integer
), stop as (
  select count(*) as rows, case when (select count(*) from shown) = $2::integer then (select max(s.nth) from shown s) else count(*) end as nth from looked
)
select
  (select json_agg(mayfly.job_summary(j) order by s.nth) from shown s join mayfly.job j on j.ctid = s.tid) as items,
  stop.rows = $1::integer or stop.nth < stop.rows as more, json_build_array(j.started_at, j.id) as place, to_json(j.started_at) #>> '{}' as looked_to
from stop left join looked l on l.nth = stop.nth left join mayfly.job j on j.ctid = l.tid
