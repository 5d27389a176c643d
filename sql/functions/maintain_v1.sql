-- mayfly.maintain_v1: housekeeping. Each duty is done by itself: one that fails leaves the others alone, is told here, and is kept in mayfly.duty for the
-- doctor. Rescue and schedules are not among them: nothing that fails here can keep them waiting. May be repeated, and run by many at once: each duty is left to
-- whoever came first.
--
-- retention_days  how long results are kept; null: for ever
-- upto            rows of each kind in one call
--
-- returns         a row a duty: done, how many rows it changed; more, there may be others; sql_state and message: why it failed
--
-- locks           the duty's row, with skip locked; then as the duty
-- indexes         duty_pkey, and those of the duties
create function mayfly.maintain_v1(retention_days integer, upto integer)
returns table (duty text, done integer, more boolean, sql_state text, message text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
set jit = off
as $$
begin
  foreach duty in array array['expire', 'admit', 'forget', 'count', 'stragglers', 'retention'] loop
    perform from mayfly.duty d where d.name = maintain_v1.duty for update skip locked;
    continue when not found;
    done := 0;
    sql_state := null;
    message := null;
    begin
      execute format('select mayfly.duty_%s($1, $2)', duty) into done using upto, retention_days;
      update mayfly.duty d
      set done_at = case when duty in ('stragglers', 'retention') and not mayfly.is_due(duty, interval '1 hour') and done = 0 then d.done_at else now() end,
        failed_at = null, sql_state = null, message = null
      where d.name = maintain_v1.duty;
    exception when others then
      sql_state := sqlstate;
      message := sqlerrm;
      update mayfly.duty d
      set failed_at = now(), sql_state = maintain_v1.sql_state, message = left(maintain_v1.message, 500)
      where d.name = maintain_v1.duty;
    end;
    more := done >= upto;
    return next;
  end loop;
end
$$;
