-- All live jobs in one shape, and the views for people and other programs.
-- breaking: no

-- All live jobs, each in one row, wherever it is. state: ready, scheduled or running; reason of a scheduled job: due,
-- parked or throttled.
create view mayfly.live as
  select
    {asked of r}, {progress of r}, r.ready_at, null::timestamptz as run_at, null::timestamptz as started_at,
    null::uuid as worker_id, null::uuid as claim_id,
    r.parked, 'ready'::text as state, null::text as reason
  from mayfly.ready r
  union all
  select
    {asked of s}, {progress of s}, s.ready_at, s.run_at, null, null, null,
    s.parked, 'scheduled', s.reason
  from mayfly.scheduled s
  union all
  select
    {asked of n}, {progress of n}, n.ready_at, null, n.started_at, n.worker_id, n.claim_id,
    null, 'running', null
  from mayfly.running n;

-- For people and other programs: jobs that wait, jobs that run, and attempts that have ended.
create view mayfly.request as
  select
    l.id, l.name, l.queue, l.state, l.reason, l.priority, coalesce(l.run_at, l.ready_at) as run_at, l.ready_at,
    l.expires_at, j.created_at, l.attempt, l.retries,
    j.key, j.source, j.traceparent, j.payload
  from mayfly.live l
  join mayfly.job j on j.partition = l.partition and j.id = l.id
  where l.state <> 'running' and l.ended is not true;

create view mayfly.process as
  select
    l.id, l.name, l.queue, l.priority, l.ready_at as run_at, j.created_at, l.started_at, l.attempt, l.retries, j.key,
    l.worker_id, l.claim_id,
    (select c.at from mayfly.cancel c where c.id = l.id) as cancel_requested_at, j.source, j.traceparent, j.payload
  from mayfly.live l
  join mayfly.job j on j.partition = l.partition and j.id = l.id
  where l.state = 'running' and l.ended is not true;

create view mayfly.results as
  select
    r.id, r.name, r.queue, r.outcome, j.priority, r.ready_at as run_at, j.created_at, r.started_at, r.finished_at,
    r.retry_at, r.retried_as, r.attempt, j.retries,
    r.key, r.worker_id, r.claim_id, j.source, j.traceparent, j.payload, r.error, r.output
  from mayfly.result r
  join mayfly.job j on j.partition = r.partition and j.id = r.id;
