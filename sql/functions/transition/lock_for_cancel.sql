-- mayfly.lock_for_cancel: lock a job that runs, or whose hook is due, where it is until the transaction ends. Returns
-- whether
-- it was found: it may have moved on, or had its last result, while this waited for its row.
-- locks: the job's row
-- indexes: running_pkey, ready_pkey, scheduled_pkey
create function mayfly.lock_for_cancel(id uuid) returns boolean
language plpgsql volatile
as $$
begin
  perform from mayfly.running r where r.id = lock_for_cancel.id and r.ended is not true for key share;
  if found then
    return true;
  end if;
  perform from mayfly.ready r where r.id = lock_for_cancel.id and r.hook is not null and r.ended is not true
    for key share;
  if found then
    return true;
  end if;
  perform from mayfly.scheduled s where s.id = lock_for_cancel.id and s.hook is not null and s.ended is not true
    for key share;
  return found;
end
$$;
