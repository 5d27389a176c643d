-- mayfly.job_summary: a live job as lists show it. request: its row in mayfly.job; cancelled_at: when somebody asked
-- for it to stop.
create function mayfly.job_summary(job mayfly.live, request mayfly.job, cancelled_at timestamptz) returns json
language sql stable parallel safe
as $$
  select json_build_object(
    'id', job.id,
    'name', job.name,
    'queue', job.queue,
    'state', job.state,
    'reason', job.reason,
    'priority', job.priority,
    'attempt', job.attempt,
    'retries', job.retries,
    'concurrencyKey', request.key,
    'runAt', coalesce(job.run_at, job.ready_at, request.run_at, request.created_at),
    'createdAt', request.created_at,
    'startedAt', job.started_at,
    'expiresAt', job.expires_at,
    'cancelRequestedAt', cancelled_at,
    'workerId', job.worker_id,
    'createdBy', request.created_by,
    'source', request.source
  )
$$;
