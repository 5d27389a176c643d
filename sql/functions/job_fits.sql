-- mayfly.job_fits: whether a live job is one of those asked for. wanted: {state, name, queue, created_by, since, until}, each may be missing.
create function mayfly.job_fits(job mayfly.job, wanted jsonb) returns boolean
language sql stable parallel safe
as $$
  select
    case wanted ->> 'state'
      when 'waiting' then job.state <> 'running'
      when 'held' then job.held
      when 'parked' then job.parked > 0 and job.state <> 'running'
      when 'scheduled' then job.state = 'scheduled' and not job.held and job.parked = 0
      else job.state = coalesce(wanted ->> 'state', job.state) end
    and (wanted ->> 'name' is null or job.name = wanted ->> 'name')
    and (wanted ->> 'queue' is null or job.queue = wanted ->> 'queue')
    and (wanted ->> 'created_by' is null or job.created_by = wanted ->> 'created_by')
    and (wanted ->> 'since' is null or job.created_at >= (wanted ->> 'since')::timestamptz)
    and (wanted ->> 'until' is null or job.created_at < (wanted ->> 'until')::timestamptz)
    and not job.ended
$$;
