-- mayfly.new_jobs: the jobs of a call to mayfly.enqueue_v1, with defaults filled in. See mayfly.new_job.
create function mayfly.new_jobs(jobs jsonb) returns setof mayfly.new_job
language plpgsql volatile
as $$
declare
  entry record;
  job mayfly.new_job;
  width mayfly.within_ms;
begin
  -- A field that is null counts as one that is not there.
  if jsonb_path_exists(jobs, '$[*].* ? (@ == null)') then
    jobs := (
      select jsonb_agg(
        (select jsonb_object_agg(f.key, f.value) from jsonb_each(e.job) as f where f.value <> 'null') order by e.nth
      )
      from jsonb_array_elements(jobs) with ordinality as e(job, nth)
    );
  end if;
  for entry in select e.job, e.nth from jsonb_array_elements(jobs) with ordinality as e(job, nth) loop
    job.nth := entry.nth;
    job.id := coalesce((entry.job ->> 'id')::uuid, mayfly.uuid7());
    job.partition := mayfly.partition_of(job.id);
    job.run_at := coalesce(
      (entry.job ->> 'run_at')::timestamptz,
      now() + (entry.job ->> 'delay_ms')::bigint * interval '1 millisecond'
    );
    job.at_once := coalesce(job.run_at <= now(), true);
    width := (entry.job ->> 'within_ms')::integer;
    if width is not null and not job.at_once then
      job.run_at := mayfly.on_grid(job.run_at, width);
    end if;
    job.expires_at := coalesce(
      (entry.job ->> 'expires_at')::timestamptz,
      coalesce(job.run_at, now()) + (entry.job ->> 'expires_ms')::bigint * interval '1 millisecond'
    );
    job.live_limit := (entry.job ->> 'limit')::integer;
    job.expect_pending := (entry.job -> 'expect' ->> 'pending')::integer;
    job.expect_running := (entry.job -> 'expect' ->> 'running')::integer;
    job.counted := entry.job ? 'limit' or entry.job ? 'expect';
    job.request := mayfly.request_of(entry.job);
    job.request.key := nullif((job.request).key, '');
    job.request.exclusive := case
      when job.counted or (job.request).running_limit is not null then false
      when (job.request).key is not null then true
    end;
    job.held_key := mayfly.key_to_hold(job.request);
    job.bytes := mayfly.large((job.request).payload);
    return next job;
  end loop;
end
$$;
