-- Duties of housekeeping that failed, and have not been done since. A row each.
select
  d.name,
  d.sql_state,
  d.message,
  (extract(epoch from now() - d.failed_at) * 1000)::bigint as failed_ms
from mayfly.duty d
where d.failed_at is not null
order by d.name
