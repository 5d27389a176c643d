-- mayfly.cancel_v1: cancel a job, for good. A waiting job ends now; a running one is asked to stop, and ends as
-- cancelled.
-- May be repeated.
--
-- returns  cancelled: the job has ended so, now or before
--          requested: it runs, or a hook of its last attempt is due first. Its worker learns of the cancel with its
--          next report, and no other attempt follows
--          finished: it had ended otherwise
--          unknown: there is no such job, or its results have been removed
--
-- A job may move while it is looked for. So one statement reads all three tables, and is repeated with a fresh snapshot
-- until it has the job, or sees it in none of them.
--
-- locks    the job's row in mayfly.running: settling skips it meanwhile, so a settlement cannot miss the cancel
-- indexes  ready_pkey, scheduled_pkey, running_pkey, cancel_pkey, result_NN_pkey
create function mayfly.cancel_v1(id uuid) returns text
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  place record;
  past text;
begin
  perform mayfly.require_read_committed();
  loop
    select l.state, l.hook, l.ended into place from mayfly.live l where l.id = cancel_v1.id;
    exit when not found or place.ended;
    if place.state = 'running' or place.hook is not null then
      insert into mayfly.cancel as c (id) values (cancel_v1.id) on conflict on constraint cancel_pkey do nothing;
      if mayfly.lock_for_cancel(cancel_v1.id) then
        return 'requested';
      end if;
      delete from mayfly.cancel c where c.id = cancel_v1.id;
    elsif mayfly.cancel_waiting(array[cancel_v1.id], 'CancelledError', 'cancelled before it ran') > 0 then
      return 'cancelled';
    else
      -- Somebody else holds the row: wait for it.
      perform from mayfly.ready r where r.id = cancel_v1.id for update;
      perform from mayfly.scheduled s where s.id = cancel_v1.id for update;
    end if;
  end loop;
  select r.outcome into past
  from mayfly.result r
  where r.partition in (mayfly.partition_of(cancel_v1.id), mayfly.far()) and r.id = cancel_v1.id and r.retry_at is null;
  return case when past = 'cancelled' then 'cancelled' when past is null then 'unknown' else 'finished' end;
end
$$;
