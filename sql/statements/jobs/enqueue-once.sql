-- Enqueue jobs for a request that may be repeated. $1 key uuid, $2 digest text, $3 jobs: see mayfly.enqueue_once_v1. A
-- row a job, in order.
select e.replayed, e.id, e.outcome, e.existing_id, e.pending, e.running
from mayfly.enqueue_once_v1($1::uuid, $2::text, $3::jsonb) as e
