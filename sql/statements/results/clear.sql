-- Empty the partitions that were closed more than $1 days integer ago: see mayfly.clear_partitions. One row.
select c.emptied, c.kept
from mayfly.clear_partitions($1::integer) as c
