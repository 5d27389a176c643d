-- mayfly.free_attempts: how many attempts of a job in a row did not count, once this attempt has ended; null: none. 0:
-- the job was given back. It may have been cancelled meanwhile, and mayfly.turn_claimed reads cancels only of jobs that
-- have extras.
create function mayfly.free_attempts(job mayfly.running, outcome text, counts_as_attempt boolean) returns smallint
language sql immutable
as $$
  select case
    when outcome = 'released' then coalesce(job.free_attempts, 0)
    when outcome in ('hook_done', 'hook_lost', 'deferred') then job.free_attempts
    when counts_as_attempt is false then coalesce(job.free_attempts, 0) + 1
  end::smallint
$$;
