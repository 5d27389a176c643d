-- Attempts ever finished, by queue and outcome: a number that only grows. A row each, of at most 200 queues and one for
-- all others: see mayfly.counted_queues. All counters are read.
select a.queue, a.outcome, sum(a.attempts) as attempts, sum(a.retries) as retries
from (
  select
    case when c.queue = any ((select mayfly.counted_queues())::text[]) then c.queue else '(other)' end as queue,
    c.outcome,
    c.attempts,
    c.retries
  from mayfly.attempt_counts c
) as a
group by a.queue, a.outcome
having sum(a.attempts) > 0
order by a.queue, a.outcome
