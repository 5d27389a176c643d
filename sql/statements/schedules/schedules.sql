-- All schedules. A row each.
select s.application, s.name, to_json(s.next_at) #>> '{}' as next_at, to_json(s.last_at) #>> '{}' as last_at,
  s.last_job_id,
  to_json(s.paused_at) #>> '{}' as paused_at, s.definition
from mayfly.schedule s order by s.application, s.name
