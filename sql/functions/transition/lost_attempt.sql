-- mayfly.lost_attempt: the end of an attempt whose worker has died. An idempotent job's attempt does not count, up to
-- five in a row. Its row in mayfly.job may have moved since this statement began: see mayfly.move_stragglers.
-- indexes: job_NN_pkey
create function mayfly.lost_attempt(job mayfly.running) returns mayfly.ending
language sql stable
as $$
  select row(
    job,
    case when job.hook is null then 'lost' else 'hook_lost' end,
    case when job.attempt <= job.retries or l.free then 0 end,
    not l.free,
    job.has_hook,
    json_build_object('name', 'LostError', 'message', 'worker ' || job.worker_id || ' stopped sending heartbeats'),
    null
  )::mayfly.ending
  from (
    select coalesce(job.free_attempts, 0) < 5 and exists (
      select from mayfly.job j where j.partition in (mayfly.partition_of(job.id), mayfly.far()) and j.id = job.id
        and j.idempotent
    ) as free
  ) as l
$$;
