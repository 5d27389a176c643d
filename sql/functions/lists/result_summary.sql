-- mayfly.result_summary: a result as lists show it, with the beginning of its error. request: its job's row in
-- mayfly.job.
create function mayfly.result_summary(result mayfly.result, request mayfly.job) returns json
language sql stable parallel safe
as $$
  select json_build_object(
    'id', result.id,
    'name', result.name,
    'queue', result.queue,
    'outcome', result.outcome,
    'priority', request.priority,
    'attempt', result.attempt,
    'retries', request.retries,
    'concurrencyKey', request.key,
    'runAt', coalesce(result.ready_at, request.run_at, request.created_at),
    'createdAt', request.created_at,
    'startedAt', result.started_at,
    'finishedAt', result.finished_at,
    'retryAt', result.retry_at,
    'retriedAs', result.retried_as,
    'retryOf', request.retry_of,
    'workerId', result.worker_id,
    'createdBy', request.created_by,
    'error', case when result.error is not null then json_build_object(
      'name', left(result.error ->> 'name', 255),
      'message', left(result.error ->> 'message', 500)
    ) end
  )
$$;
