-- mayfly.maintain_v1: housekeeping. Each duty that is due runs in a block of its own: a duty that fails leaves the
-- others alone, and its row in mayfly.duty keeps why. Rescue and schedules are not duties, so nothing that fails here
-- delays them.
-- May be repeated, and called by many at once: the first to lock a duty's row does that duty.
-- Retention, once it is due, has a call of its own. A transaction that waits for the lock of a truncation must not hold
-- anything else that turns wait for.
--
-- retention_days  how long results are kept; null: for ever
-- upto            rows of each kind in one call
--
-- returns         a row for each duty that was due. done: how many rows it changed; more: there may be others;
--                 sql_state,
--                 message: why it failed
--
-- locks           the duty's row, with skip locked; then as the duty
-- indexes         duty_pkey, and those of the duties
create function mayfly.maintain_v1(retention_days integer, upto integer)
returns table (duty text, done integer, more boolean, sql_state text, message text)
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  duties text[] := array['count', 'stragglers', 'forget', 'expire', 'admit', 'retention'];
begin
  perform mayfly.require_read_committed();
  if retention_days is not null then
    perform from mayfly.duty d where d.name = 'retention' and (d.due_at <= now()) is not false for update skip locked;
    duties := case when found then array['retention'] else duties[1:5] end;
  end if;
  foreach duty in array duties loop
    perform from mayfly.duty d where d.name = maintain_v1.duty and (d.due_at <= now()) is not false
      for update skip locked;
    continue when not found;
    sql_state := null;
    message := null;
    begin
      execute format('select mayfly.duty_%s($1, $2)', duty) into done using upto, retention_days;
      update mayfly.duty d
      set done_at = now(), failed_at = null, sql_state = null, message = null,
        due_at = now() + case when done >= upto then interval '0' when done is null then interval '5 minutes'
          else d.every end
      where d.name = maintain_v1.duty;
    exception when others then
      done := 0;
      sql_state := sqlstate;
      message := sqlerrm;
      update mayfly.duty d
      set failed_at = now(), sql_state = maintain_v1.sql_state, message = left(maintain_v1.message, 500),
        due_at = now() + least(d.every, interval '5 minutes')
      where d.name = maintain_v1.duty;
    end;
    done := coalesce(done, 0);
    more := done >= upto or duties = array['retention'];
    return next;
  end loop;
end
$$;
