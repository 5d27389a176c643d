-- mayfly.job_matches: whether a live job is among those that a list asks for. request: its row in mayfly.job, needed
-- only for filters of its own. wanted: {states, reason, name, queue, created_by, since, until}, each may be missing;
-- since and until are of its creation.
create function mayfly.job_matches(job mayfly.live, request mayfly.job, wanted jsonb) returns boolean
language sql stable parallel safe
as $$
  select job.ended is not true
    and (wanted -> 'states' is null or wanted -> 'states' ? job.state)
    and (wanted ->> 'reason' is null or job.reason = wanted ->> 'reason')
    and (wanted ->> 'name' is null or job.name = wanted ->> 'name')
    and (wanted ->> 'queue' is null or job.queue = wanted ->> 'queue')
    and (wanted ->> 'created_by' is null or request.created_by = wanted ->> 'created_by')
    and (wanted ->> 'since' is null or request.created_at >= (wanted ->> 'since')::timestamptz)
    and (wanted ->> 'until' is null or request.created_at < (wanted ->> 'until')::timestamptz)
$$;
