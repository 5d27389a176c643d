-- Finished attempts, the latest first.
-- $1 budget integer: reads at most so many rows; $2 limit integer: shows at most so many; $3 wanted jsonb: see
-- mayfly.result_matches; $4 outcome text: an outcome other than successful, null for all; $5 key text, null for all;
-- $6 since timestamptz, $7 until timestamptz; those before $8 finished_at timestamptz, $9 id uuid, $10 claim_id uuid;
-- null for all.
-- One row: items; more, whether there may be others; cursor, to go on after the last row shown, or after the last one
-- read where there is room for more; scanned_to, its time.
-- indexes: result_NN_finished_at_id_idx, result_NN_outcome_finished_at_idx, result_NN_key_finished_at_idx,
-- result_NN_pkey, job_NN_pkey
with scanned as materialized (
  select
    r.partition,
    r.id,
    r.claim_id,
    r.finished_at,
    row_number() over (order by r.finished_at desc, r.id desc, r.claim_id desc) as nth,
    mayfly.result_matches(r, j, $3::jsonb) as matches
  from mayfly.result r
  left join mayfly.job j on j.partition = r.partition and j.id = any (array[r.id])
    and $3::jsonb ?| array['created_by', 'is_retry']
  where ($4::text is null or r.outcome = $4::text and r.outcome <> 'successful')
    and ($5::text is null or r.key = $5::text)
    and r.finished_at >= coalesce($6::timestamptz, '-infinity')
    and r.finished_at <= least($7::timestamptz - interval '1 microsecond', $8::timestamptz, 'infinity')
    and ($8::timestamptz is null or r.finished_at < $8::timestamptz or (r.id, r.claim_id) < ($9::uuid, $10::uuid))
  order by r.finished_at desc, r.id desc, r.claim_id desc
  limit $1::integer
), shown as (
  select s.partition, s.id, s.claim_id, s.nth from scanned s where s.matches order by s.nth limit $2::integer
), stop as (
  select
    count(*) as rows,
    case when (select count(*) from shown) = $2::integer then (select max(s.nth) from shown s) else count(*) end as nth
  from scanned
)
select
  (
    select json_agg(mayfly.result_summary(r, j) order by s.nth)
    from shown s
    join mayfly.result r on r.partition = s.partition and r.id = any (array[s.id]) and r.claim_id = s.claim_id
    join mayfly.job j on j.partition = s.partition and j.id = any (array[s.id])
  ) as items,
  stop.rows = $1::integer or stop.nth < stop.rows as more,
  json_build_array(l.finished_at, l.id, l.claim_id) as cursor,
  to_json(l.finished_at) #>> '{}' as scanned_to
from stop
left join scanned l on l.nth = stop.nth
