-- Finished attempts by queue and outcome, of the results that are kept: all of them are read. A row each.
select r.queue, r.outcome, count(*) as attempts
from mayfly.result r
group by r.queue, r.outcome
