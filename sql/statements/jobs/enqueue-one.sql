-- Enqueue a plain job: see mayfly.enqueue_one_v1. $1 name, $2 queue text, $3 priority, $4 retries smallint, $5 timeout_ms integer, $6 idempotent boolean,
-- $7 source, $8 traceparent, $9 tracestate, $10 created_by text, $11 id uuid, $12 payload json. One row.
select mayfly.enqueue_one_v1(
  $1::text, $2::text, $3::smallint, $4::smallint, $5::integer, $6::boolean, $7::text, $8::text, $9::text, $10::text, $11::uuid, $12::json
) as refused
