-- mayfly.move_jobs: put the jobs of these transitions where they go next. A job that stays only for its hook no longer
-- has a key, a limit or an expiry.
-- indexes: ready_pkey, scheduled_pkey
create function mayfly.move_jobs(ends mayfly.transition[]) returns void
language plpgsql volatile
as $$
begin
  insert into mayfly.ready (
    {asked but expires_at, running_limit, held_key}, expires_at, running_limit, held_key,
    ready_at, attempt, free_attempts, has_hook, hook, hook_tries, ended
  )
  select
    {asked but expires_at, running_limit, held_key of (e.job)},
    case when not (e.next = 'hook' and e.over) then (e.job).expires_at end,
    case when not (e.next = 'hook' and e.over) then (e.job).running_limit end,
    case when not (e.next = 'hook' and e.over) then (e.job).held_key end,
    case when e.outcome = 'released' then (e.job).ready_at else clock_timestamp() + row_number() over () * interval '1 microsecond' end,
    mayfly.attempts_made(e.job, e.outcome, e.counts_as_attempt),
    mayfly.free_attempts(e.job, e.outcome, e.counts_as_attempt),
    (e.job).has_hook,
    case when e.next = 'hook' then e.result when not (e.outcome = 'hook_done' and e.retry_in_ms is null) then (e.job).hook end,
    case
      when e.outcome = 'released' then (e.job).hook_tries - 1
      when e.next <> 'hook' and not (e.outcome = 'hook_done' and e.retry_in_ms is null) then (e.job).hook_tries
    end,
    case when (e.job).ended or e.next = 'hook' and e.over then true end
  from unnest(ends) as e
  where e.next in ('ready', 'hook') or e.next = 'scheduled' and e.retry_in_ms <= 0
  on conflict on constraint ready_pkey do nothing;
  insert into mayfly.scheduled ({asked}, run_at, attempt, free_attempts, has_hook, hook, hook_tries, ended)
  select
    {asked of (e.job)},
    now() + e.retry_in_ms * interval '1 millisecond',
    mayfly.attempts_made(e.job, e.outcome, e.counts_as_attempt),
    mayfly.free_attempts(e.job, e.outcome, e.counts_as_attempt),
    (e.job).has_hook,
    (e.job).hook,
    (e.job).hook_tries,
    (e.job).ended
  from unnest(ends) as e
  where e.next = 'scheduled' and e.retry_in_ms > 0
  on conflict on constraint scheduled_pkey do nothing;
end
$$;
