-- mayfly.purged_attempt: the end of a live job that an operator purges, without its hooks. A job that runs its hook has
-- the result of its attempt already.
create function mayfly.purged_attempt(job mayfly.running) returns mayfly.ending
language plpgsql stable
as $$
begin
  if job.hook is not null then
    job.claim_id := null;
    job.worker_id := null;
    job.started_at := null;
  end if;
  return row(
    job,
    case when job.ended then 'hook_done' else 'cancelled' end,
    null,
    true,
    false,
    json_build_object('name', 'PurgedError', 'message', 'purged by an operator'),
    null
  )::mayfly.ending;
end
$$;
