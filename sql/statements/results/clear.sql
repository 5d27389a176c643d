-- Remove results that are older than $1 days integer, a slice of $2 upto integer rows: see mayfly.clear_past. One row.
select c.emptied, c.kept, c.deleted
from mayfly.clear_past($1::integer, $2::integer) as c
