-- mayfly.empty_result_slot: remove all results of a slot at once. Does nothing where it is empty, and gives up at once where somebody reads it:
-- the next tick comes soon. Returns whether it removed any.
create function mayfly.empty_result_slot(slot smallint) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
declare
  part regclass := format('mayfly.result_%s', lpad(slot::text, 2, '0'))::regclass;
begin
  -- A call that began before midnight must not take tomorrow's slot for an old one, when that has come.
  if slot = mayfly.result_slot(clock_timestamp() + interval '1 minute') or pg_relation_size(part) = 0 then
    return false;
  end if;
  execute format('truncate %s', part);
  return true;
exception when lock_not_available then
  return false;
end
$$;
