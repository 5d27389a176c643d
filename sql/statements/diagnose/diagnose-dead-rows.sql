-- Dead rows of the queue's tables, as the server's statistics know them. $1 limit integer. A row each, the most first.
select t.relname as name, t.n_live_tup as live, t.n_dead_tup as dead
from pg_stat_user_tables t
where t.schemaname = 'mayfly' and t.n_dead_tup > 0
order by t.n_dead_tup desc, t.relname
limit $1::integer
