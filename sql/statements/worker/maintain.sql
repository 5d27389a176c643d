-- Housekeeping: see mayfly.maintain_v1. $1 retention_days integer, null for ever; $2 upto integer. A row a duty.
select m.duty, m.done, m.more, m.sql_state, m.message
from mayfly.maintain_v1($1::integer, $2::integer) as m
