-- Jobs of a name that wait or run. $1 name text, $2 key text: null for all of the name, $3 running boolean: those that run, else those that wait,
-- $4 most integer. A row each, the next ones first. Without a key all of the name's live jobs are read.
-- indexes: job_key, job_group
select j.id, j.queue, j.state, j.priority, j.attempt, j.retries, nullif(j.concurrency_key, '') as concurrency_key, to_json(j.run_at) #>> '{}' as run_at,
  to_json(j.created_at) #>> '{}' as created_at, to_json(j.started_at) #>> '{}' as started_at
from mayfly.job j
where j.ctid = any (array(
  select k.ctid from mayfly.job k where $2::text is not null and k.name = $1::text and k.concurrency_key = $2::text and k.exclusive
  union all
  select g.ctid from mayfly.job g
  where $2::text is not null and g.name = $1::text and g.concurrency_key = $2::text and g.concurrency_key is not null and not g.exclusive
  union all
  select n.ctid from mayfly.job n where $2::text is null and n.name = $1::text
)) and (j.state = 'running') = $3::boolean and not j.ended
order by j.priority desc, j.ready_at, j.run_at, j.id
limit $4::integer
