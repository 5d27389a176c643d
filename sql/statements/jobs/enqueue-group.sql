-- Enqueue plain jobs of one kind: see mayfly.enqueue_group_v1. $1 kind jsonb, $2 ids uuid[], $3 payloads json. One row.
select mayfly.enqueue_group_v1($1::jsonb, $2::uuid[], $3::json) as refused
