-- End live jobs as cancelled, also those that run: their workers find their claims gone. $1 queue text: null for all, $2 most integer.
-- What has ended and only waits for a hook is removed. One row: ended, removed. A repeat ends another slice.
-- locks: rows with skip locked
-- indexes: job_pkey
with gone as (
  delete from mayfly.job d
  where d.ctid = any (array(
    select j.ctid from mayfly.job j where $1::text is null or j.queue = $1::text order by j.id limit $2::integer for update skip locked
  ))
  returning d.id, d.claim_id, d.worker_id, d.retry_of, d.run_at, d.created_at, d.started_at, d.timeout_ms, d.running_limit, d.priority, d.retries, d.attempt,
    d.exclusive, d.idempotent, d.queue, d.name, d.concurrency_key, d.source, d.traceparent, d.tracestate, d.created_by, d.payload, d.ended,
    -- One that runs its hook has the result of that attempt already.
    d.state = 'running' and d.hook is null as attempting
), written as (
  insert into mayfly.result (id, claim_id, worker_id, retry_of, run_at, created_at, started_at, timeout_ms, running_limit, priority, retries, attempt,
    exclusive, idempotent, outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error)
  select g.id, case when g.attempting then g.claim_id end, case when g.attempting then g.worker_id end, g.retry_of, g.run_at, g.created_at,
    case when g.attempting then g.started_at end, g.timeout_ms, g.running_limit, g.priority, g.retries, g.attempt, g.exclusive, g.idempotent,
    'cancelled', g.queue, g.name, g.concurrency_key, g.source, g.traceparent, g.tracestate, g.created_by, g.payload,
    jsonb_build_object('name', 'PurgedError', 'message', 'purged by an operator')
  from gone g where not g.ended
), tallied as (
  insert into mayfly.tally (queue, outcome, waited, ran, attempts, retries)
  select g.queue, 'cancelled', case when g.attempting then mayfly.duration_step(g.run_at, g.started_at) end as waited,
    case when g.attempting then mayfly.duration_step(g.started_at, now()) end as ran, count(*), count(*) filter (where g.attempt > 1)
  from gone g where not g.ended group by g.queue, waited, ran
)
select count(*) filter (where not g.ended) as ended, count(*) filter (where g.ended) as removed from gone g
