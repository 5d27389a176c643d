-- Ready jobs of a queue, in the order in which they are claimed.
-- $1 looks integer: looks at so many rows; $2 most integer: shows so many; $3 wanted jsonb: see mayfly.job_fits; $4 queue text;
-- those after $5 priority smallint, $6 ready_at timestamptz, $7 id uuid; null: all.
-- One row: items; more, there may be others; place, to go on from, of the last row shown, or looked at where there is room for more; looked_to: its time.
-- indexes: job_ready
with looked as materialized (
  select j.ctid as tid, row_number() over (order by j.priority desc, j.ready_at, j.id) as nth, mayfly.job_fits(j, $3::jsonb) as fits
  from mayfly.job j
  where j.state = 'ready' and j.queue = $4::text and ($5::smallint is null or j.priority <= $5::smallint
    and (j.priority < $5::smallint or j.ready_at > $6::timestamptz or j.ready_at = $6::timestamptz and j.id > $7::uuid))
  order by j.priority desc, j.ready_at, j.id limit $1::integer
), shown as (
  select l.tid, l.nth from looked l where l.fits order by l.nth limit $2::integer
), stop as (
  select count(*) as rows, case when (select count(*) from shown) = $2::integer then (select max(s.nth) from shown s) else count(*) end as nth from looked
)
select
  (select json_agg(mayfly.job_summary(j) order by s.nth) from shown s join mayfly.job j on j.ctid = s.tid) as items,
  stop.rows = $1::integer or stop.nth < stop.rows as more, json_build_array(j.priority, j.ready_at, j.id) as place, to_json(j.ready_at) #>> '{}' as looked_to
from stop left join looked l on l.nth = stop.nth left join mayfly.job j on j.ctid = l.tid
