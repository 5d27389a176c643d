-- Run finished jobs once more. $1 ids uuid[], $2 new_ids uuid[]: see mayfly.retry_v1. A row each, in order.
select r.outcome, r.job_id
from mayfly.retry_v1($1::uuid[], $2::uuid[]) as r
