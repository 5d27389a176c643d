-- Enqueue jobs in a transaction of the caller's own. $1 jobs, $2 strict, $3 allow_blocked, each as text: see
-- mayfly.enqueue_v1. A row a job, in order.
-- Text, because a client of the caller's may write a parameter anew for its declared type: as jsonb, the text becomes a
-- JSON string; as boolean, false.
select e.id, e.outcome, e.existing_id, e.pending, e.running
from mayfly.enqueue_v1($1::text::jsonb, strict => $2::text::boolean, allow_blocked => $3::text::boolean) as e
