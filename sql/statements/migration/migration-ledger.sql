-- The migrations applied so far.
select m.number, m.name, m.digest, m.breaking
from mayfly.migration m
order by m.number
