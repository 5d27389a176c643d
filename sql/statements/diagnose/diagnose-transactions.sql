-- The longest open transaction of this database besides this one, as far as this role may see it. A row if there is
-- one.
select (extract(epoch from now() - a.xact_start) * 1000)::bigint as age_ms, a.application_name, a.state
from pg_stat_activity a
where a.datname = current_database()
  and a.xact_start is not null
  and a.pid <> pg_backend_pid()
  and a.backend_type = 'client backend'
order by a.xact_start
limit 1
