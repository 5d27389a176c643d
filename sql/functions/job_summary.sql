-- mayfly.job_summary: a live job as lists show it.
create function mayfly.job_summary(job mayfly.job) returns json
language sql stable parallel safe
as $$
  select json_build_object(
    'id', job.id, 'name', job.name, 'queue', job.queue, 'state', job.state, 'priority', job.priority, 'attempt', job.attempt, 'retries', job.retries,
    'concurrencyKey', nullif(job.concurrency_key, ''), 'runAt', job.run_at, 'createdAt', job.created_at, 'startedAt', job.started_at,
    'held', job.held, 'parked', job.parked > 0 and job.state <> 'running', 'expiresAt', job.expires_at,
    'cancelRequestedAt', job.cancel_requested_at, 'workerId', job.worker_id, 'createdBy', job.created_by, 'source', job.source
  )
$$;
