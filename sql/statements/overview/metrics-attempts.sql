-- Attempts ever finished, by queue and outcome: a number that only grows. A row each. All counters are read.
-- indexes: tally_at
select t.queue, t.outcome, sum(t.attempts) as attempts, sum(t.retries) as retries from mayfly.tally t group by t.queue, t.outcome order by t.queue, t.outcome
