-- One turn of a worker. Parameters in the order of mayfly.turn_v1. One row.
select t.jobs, t.replayed, t.verdicts, t.cancels, t.gone, t.marks, t.parked, t.busy,
  (extract(epoch from t.next_due - now()) * 1000)::bigint as next_due_ms
from mayfly.turn_v1(
  $1::uuid, $2::uuid, $3::integer, $4::text[], $5::text[],
  $6::uuid[], $7::uuid[], $8::json, $9::json, $10::json
) as t
