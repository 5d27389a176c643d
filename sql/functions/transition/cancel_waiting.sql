-- mayfly.cancel_waiting: end these waiting jobs as cancelled, with a reason. Returns how many ended. Where a job's
-- handler has a hook, or may have one, the job stays for it. A job whose hook is due before its next attempt is left
-- alone.
-- locks: rows with skip locked; then as mayfly.release
-- indexes: ready_pkey, scheduled_pkey
create function mayfly.cancel_waiting(ids uuid[], reason text, message text) returns integer
language plpgsql volatile
as $$
declare
  endings mayfly.ending[];
begin
  endings := array(
    select row(
      w::mayfly.running, 'cancelled', null, true, w.has_hook is not false,
      json_build_object('name', reason, 'message', message), null
    )::mayfly.ending
    from mayfly.take_waiting(ids, false) as w
  );
  if cardinality(endings) > 0 then
    perform mayfly.release(mayfly.end_attempts(endings));
  end if;
  return cardinality(endings);
end
$$;
