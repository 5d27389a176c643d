-- $1 id uuid, $2 new_id uuid: see mayfly.retry_v1. One row.
select r.outcome, r.job_id from mayfly.retry_v1($1::uuid, $2::uuid) as r
