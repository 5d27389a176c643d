-- mayfly.free_attempts: how many attempts of a job in a row did not count, once this one has ended; null: none. 0: it was
-- given back, and may have been cancelled meanwhile, which mayfly.turn_claimed looks up only of jobs that have come so far.
create function mayfly.free_attempts(job mayfly.running, outcome text, counts_as_attempt boolean) returns smallint
language sql immutable
as $$
  select case
    when outcome = 'released' then coalesce(job.free_attempts, 0)
    when outcome in ('hook_done', 'hook_lost', 'deferred') then job.free_attempts
    when counts_as_attempt is false then coalesce(job.free_attempts, 0) + 1
  end::smallint
$$;
