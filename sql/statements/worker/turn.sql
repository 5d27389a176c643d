-- One turn of a worker: see mayfly.turn_v1. $1 worker uuid, $2 claim uuid, $3 slots integer; capacity: $4 queues, $5
-- names, $6 hook_names text[], $7 max_timeout_ms, $8 max_bytes bigint, $9 park boolean; $10 done, $11 done_claims
-- uuid[], $12 done_counts integer[], $13 settled json, $14 marks, $15 presence json.
select t.head, t.rest, t.payload
from mayfly.turn_v1(
  $1::uuid,
  $2::uuid,
  $3::integer,
  row($4::text[], $5::text[], $6::text[], $7::bigint, $8::bigint, $9::boolean)::mayfly.capacity,
  $10::uuid[],
  $11::uuid[],
  $12::integer[],
  $13::json,
  $14::mayfly.watermarks,
  $15::json
) as t
