-- Enqueue jobs in a transaction of the caller's own. $1 jobs, $2 strict, $3 allow_blocked: see mayfly.enqueue_v1. A row a job, in order.
select e.id, e.outcome, e.existing_id, e.pending, e.running
from mayfly.enqueue_v1($1::jsonb, strict => $2::boolean, allow_blocked => $3::boolean) as e
