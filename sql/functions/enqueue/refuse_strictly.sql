-- mayfly.refuse_strictly: raise for a job that was not enqueued, so that the caller's own transaction is rolled back.
-- See strict of mayfly.enqueue_v1.
create function mayfly.refuse_strictly(id uuid, outcome text, existing_id uuid, allow_blocked boolean) returns void
language plpgsql volatile
as $$
begin
  if outcome = 'duplicate' then
    raise exception 'job % is already enqueued', id using errcode = 'MF001';
  elsif outcome = 'blocked' and not allow_blocked then
    raise exception 'the key of job % is held by job %', id, existing_id using errcode = 'MF002';
  elsif outcome in ('limited', 'conflict') and not allow_blocked then
    raise exception 'the limit of job % is reached', id using errcode = 'MF003';
  end if;
end
$$;
