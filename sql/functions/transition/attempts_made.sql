-- mayfly.attempts_made: the attempts that a job has made, once this one has ended: one that was given back or does not count, and a run of its hook, is none.
create function mayfly.attempts_made(job mayfly.running, outcome text, counts_as_attempt boolean) returns smallint
language sql immutable
as $$
  select case when job.hook is null and (outcome = 'released' or counts_as_attempt is false) then job.attempt - 1 else job.attempt end::smallint
$$;
