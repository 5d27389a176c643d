-- Jobs of a name that wait or run. $1 name text; $2 key text: null for all of the name, which are looked for among as
-- many live jobs as $5 says, the oldest ids first; $3 running boolean: those that run, else those that wait; $4 limit
-- integer; $5 budget integer. A row each, the next ones first.
-- From each key to its job, and from each job to what was asked for: "offset 0" keeps the planner from starting
-- elsewhere.
-- indexes: held_key_pkey, ready_pkey, scheduled_pkey, running_pkey, job_NN_pkey
with found as (
  select s.job
  from (
    select l as job
    from mayfly.live l
    where $2::text is null and (l.state = 'running') = $3::boolean
    order by l.id
    limit $5::integer
  ) as s
  where (s.job).name = $1::text and (s.job).ended is not true
  union all
  select row(l.*)::mayfly.live as job
  from mayfly.held_key h
  cross join lateral (select * from mayfly.live i where i.id = h.id offset 0) as l
  where h.name = $1::text and h.key = $2::text and (l.state = 'running') = $3::boolean and l.ended is not true
), shown as (
  select
    f.job,
    row_number() over (order by (f.job).priority desc, (f.job).ready_at, (f.job).run_at, (f.job).id) as nth
  from found f
  order by nth
  limit $4::integer
)
select
  (s.job).id,
  (s.job).queue,
  (s.job).state,
  (s.job).reason,
  (s.job).priority,
  (s.job).attempt,
  (s.job).retries,
  j.key as concurrency_key,
  to_json(coalesce((s.job).run_at, (s.job).ready_at, j.run_at, j.created_at)) #>> '{}' as run_at,
  to_json(j.created_at) #>> '{}' as created_at,
  to_json((s.job).started_at) #>> '{}' as started_at
from shown s
cross join lateral (
  select a.key, a.run_at, a.created_at
  from mayfly.job a
  where a.partition = (s.job).partition and a.id = (s.job).id
  offset 0
) as j
order by s.nth
