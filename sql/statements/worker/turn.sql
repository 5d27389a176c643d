-- One turn of a worker. Parameters in the order of mayfly.turn_v1. The first row is all but the jobs, as one value; each of the others is a job.
select case when t.job is null then json_build_object(
    'replayed', t.replayed, 'verdicts', t.verdicts, 'cancels', t.cancels, 'gone', t.gone, 'marks', t.marks, 'parked', t.parked, 'busy', t.busy,
    'next_due_ms', (extract(epoch from t.next_due - now()) * 1000)::bigint
  ) end as turn, t.job
from mayfly.turn_v1(
  $1::uuid, $2::uuid, $3::integer, $4::text[], $5::text[],
  $6::uuid[], $7::uuid[], $8::json, $9::json, $10::json
) as t
