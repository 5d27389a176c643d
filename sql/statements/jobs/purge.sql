-- End live jobs: see mayfly.purge_v1. $1 queue text, null for all; $2 upto integer. One row.
select p.ended, p.removed
from mayfly.purge_v1($1::text, $2::integer) as p
