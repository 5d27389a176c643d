-- Attempts ever finished, by queue and outcome: a number that only grows. A row each. All counters are read.
select c.queue, c.outcome, sum(c.attempts) as attempts, sum(c.retries) as retries
from mayfly.attempt_counts c
group by c.queue, c.outcome
order by c.queue, c.outcome
