-- A job and its finished attempts. $1 id uuid. One row: job, what was asked for, null for an unknown id; live, where it
-- is while it lives; attempts, the earliest first.
-- indexes: job_NN_pkey, ready_pkey, scheduled_pkey, running_pkey, cancel_pkey, result_NN_pkey
select
  (
    select json_build_object(
      'id', j.id,
      'name', j.name,
      'queue', j.queue,
      'priority', j.priority,
      'retries', j.retries,
      'concurrencyKey', j.key,
      'runAt', coalesce(j.run_at, j.created_at),
      'createdAt', j.created_at,
      'retryOf', j.retry_of,
      'source', j.source,
      'createdBy', j.created_by,
      'traceparent', j.traceparent,
      'payload', j.payload
    )
    from mayfly.job j
    where j.partition in (mayfly.partition_of($1::uuid), mayfly.far()) and j.id = $1::uuid
  ) as job,
  (
    select json_build_object(
      'state', l.state,
      'reason', l.reason,
      'attempt', l.attempt,
      'runAt', coalesce(l.run_at, l.ready_at),
      'startedAt', l.started_at,
      'expiresAt', l.expires_at,
      'cancelRequestedAt', (select c.at from mayfly.cancel c where c.id = l.id),
      'workerId', l.worker_id
    )
    from mayfly.live l
    where l.id = $1::uuid and l.ended is not true
  ) as live,
  (
    select json_agg(json_build_object(
      'attempt', r.attempt,
      'outcome', r.outcome,
      'runAt', r.ready_at,
      'startedAt', r.started_at,
      'finishedAt', r.finished_at,
      'retryAt', r.retry_at,
      'retriedAs', r.retried_as,
      'workerId', r.worker_id,
      'error', r.error,
      'output', r.output
    ) order by r.finished_at, r.attempt)
    from mayfly.result r
    where r.partition in (mayfly.partition_of($1::uuid), mayfly.far()) and r.id = $1::uuid
  ) as attempts
