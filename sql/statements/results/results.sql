-- Finished attempts, the latest first. $1 looks integer: looks at so many rows; $2 most integer: shows so many; $3 wanted jsonb: see mayfly.result_fits;
-- $4 outcome text: any but successful, null for all; $5 key text, null for all; $6 since timestamptz, $7 until timestamptz;
-- those before $8 finished_at timestamptz, $9 id uuid, $10 attempt smallint; null: all.
-- One row: items; more, there may be others; place, to go on from, of the last row shown, or looked at where there is room for more; looked_to: its time.
-- indexes: result_finished, result_outcome, result_key
with looked as materialized (
  select r.slot, r.ctid as tid, row_number() over (order by r.finished_at desc, r.id desc, r.attempt desc) as nth, mayfly.result_fits(r, $3::jsonb) as fits
  from mayfly.result r
  where ($4::text is null or r.outcome = $4::text and r.outcome <> 'successful') and ($5::text is null or r.concurrency_key = $5::text)
    and r.finished_at >= coalesce($6::timestamptz, '-infinity')
    and r.finished_at <= least($7::timestamptz - interval '1 microsecond', $8::timestamptz, 'infinity')
    and ($8::timestamptz is null or r.finished_at < $8::timestamptz or (r.id, r.attempt) < ($9::uuid, $10::smallint))
  order by r.finished_at desc, r.id desc, r.attempt desc limit $1::integer
), shown as (
  select l.slot, l.tid, l.nth from looked l where l.fits order by l.nth limit $2::integer
), stop as (
  select count(*) as rows, case when (select count(*) from shown) = $2::integer then (select max(s.nth) from shown s) else count(*) end as nth from looked
)
select
  (select json_agg(mayfly.result_summary(r) order by s.nth) from shown s join mayfly.result r on r.slot = s.slot and r.ctid = s.tid) as items,
  stop.rows = $1::integer or stop.nth < stop.rows as more, json_build_array(r.finished_at, r.id, r.attempt) as place, to_json(r.finished_at) #>> '{}' as looked_to
from stop left join looked l on l.nth = stop.nth left join mayfly.result r on r.slot = l.slot and r.ctid = l.tid
