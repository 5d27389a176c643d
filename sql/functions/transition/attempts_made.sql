-- mayfly.attempts_made: the number of attempts that a job has made once this attempt has ended. A released attempt, an
-- attempt that does not count, and a run of a hook add none.
create function mayfly.attempts_made(job mayfly.running, outcome text, counts_as_attempt boolean) returns smallint
language sql immutable
as $$
  select case when job.hook is null and (outcome = 'released' or counts_as_attempt is false) then job.attempt - 1
    else job.attempt end::smallint
$$;
