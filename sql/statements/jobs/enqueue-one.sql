-- Enqueue a plain job: see mayfly.enqueue_one_v1. $1 kind jsonb, $2 id uuid, $3 payload json. One row.
select mayfly.enqueue_one_v1($1::jsonb, $2::uuid, $3::json) as refused
