-- mayfly.result_summary: a result as lists show it, with the beginning of its error.
create function mayfly.result_summary(result mayfly.result) returns json
language sql stable parallel safe
as $$
  select json_build_object(
    'id', result.id, 'name', result.name, 'queue', result.queue, 'outcome', result.outcome, 'priority', result.priority, 'attempt', result.attempt,
    'retries', result.retries, 'concurrencyKey', nullif(result.concurrency_key, ''), 'runAt', result.run_at, 'createdAt', result.created_at,
    'startedAt', result.started_at, 'finishedAt', result.finished_at, 'retryAt', result.retry_at, 'retriedAs', result.retried_as,
    'retryOf', result.retry_of, 'workerId', result.worker_id, 'createdBy', result.created_by,
    'error', case when result.error is not null
      then json_build_object('name', left(result.error ->> 'name', 255), 'message', left(result.error ->> 'message', 500)) end
  )
$$;
