-- mayfly.result_matches: whether a result is among those that a list asks for. request: its job's row in mayfly.job,
-- needed only for filters of its own. wanted: {outcome, name, queue, worker_id, created_by, final, is_retry}, each may
-- be missing. final: nothing follows after it; is_retry: it is not a job's first attempt, or the job was made by a
-- retry by hand.
create function mayfly.result_matches(result mayfly.result, request mayfly.job, wanted jsonb) returns boolean
language sql stable parallel safe
as $$
  select (wanted ->> 'outcome' is null or result.outcome = wanted ->> 'outcome')
    and (wanted ->> 'name' is null or result.name = wanted ->> 'name')
    and (wanted ->> 'queue' is null or result.queue = wanted ->> 'queue')
    and (wanted ->> 'worker_id' is null or result.worker_id = (wanted ->> 'worker_id')::uuid)
    and (wanted ->> 'created_by' is null or request.created_by = wanted ->> 'created_by')
    and ((wanted ->> 'final')::boolean is not true or result.retry_at is null and result.retried_as is null)
    and ((wanted ->> 'is_retry')::boolean is not true or result.attempt > 1 or request.retry_of is not null)
$$;
