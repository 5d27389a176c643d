-- Enqueue jobs. $1 jobs: see mayfly.enqueue_v1. One row: refused, those that did not go in, as [[nth, outcome,
-- existing_id, pending, running]], nth from 1.
-- Most calls have none: a row a job would cost more than all else that is sent.
select json_agg(json_build_array(e.nth, e.outcome, e.existing_id, e.pending,
  e.running)) filter (where e.outcome <> 'enqueued') as refused
from mayfly.enqueue_v1($1::jsonb, quiet => true) with ordinality as e(id, outcome, existing_id, pending, running, nth)
