-- A job and its finished attempts. $1 id uuid. One row; both columns null: unknown.
-- indexes: job_pkey, result_id
select
  (
    select json_build_object(
      'id', j.id, 'name', j.name, 'queue', j.queue, 'state', j.state, 'priority', j.priority, 'attempt', j.attempt, 'retries', j.retries,
      'concurrencyKey', nullif(j.concurrency_key, ''), 'runAt', j.run_at, 'createdAt', j.created_at, 'startedAt', j.started_at,
      'expiresAt', j.expires_at, 'cancelRequestedAt', j.cancel_requested_at, 'workerId', j.worker_id, 'held', j.held,
      'parked', j.parked > 0 and j.state <> 'running', 'retryOf', j.retry_of, 'source', j.source, 'createdBy', j.created_by,
      'traceparent', j.traceparent, 'payload', j.payload
    )
    from mayfly.job j where j.id = $1::uuid and not j.ended
  ) as live,
  (
    select json_agg(json_build_object(
      'id', a.id, 'name', a.name, 'queue', a.queue, 'priority', a.priority, 'attempt', a.attempt, 'retries', a.retries,
      'concurrencyKey', nullif(a.concurrency_key, ''), 'runAt', a.run_at, 'createdAt', a.created_at, 'startedAt', a.started_at,
      'finishedAt', a.finished_at, 'retryAt', a.retry_at, 'retriedAs', a.retried_as, 'workerId', a.worker_id, 'retryOf', a.retry_of,
      'source', a.source, 'createdBy', a.created_by, 'traceparent', a.traceparent, 'outcome', a.outcome, 'error', a.error,
      'output', a.output, 'payload', case when a.latest then a.payload end
    ) order by a.finished_at, a.attempt)
    from (
      select f.id, f.name, f.queue, f.priority, f.attempt, f.retries, f.concurrency_key, f.run_at, f.created_at, f.started_at, f.finished_at, f.retry_at,
        f.retried_as, f.retry_of, f.worker_id, f.source, f.created_by, f.traceparent, f.outcome, f.error, f.output, f.payload,
        row_number() over (order by f.finished_at desc, f.attempt desc) = 1 as latest
      from unnest(mayfly.result_slots(array[$1::uuid])) as s(slot)
      cross join lateral (
        select r.id, r.name, r.queue, r.priority, r.attempt, r.retries, r.concurrency_key, r.run_at, r.created_at, r.started_at, r.finished_at, r.retry_at,
          r.retried_as, r.retry_of, r.worker_id, r.source, r.created_by, r.traceparent, r.outcome, r.error, r.output, r.payload
        from mayfly.result r where r.slot = s.slot and r.id = $1::uuid
        -- As a subquery of its own it reads no other slots.
        offset 0
      ) as f
    ) as a
  ) as attempts
