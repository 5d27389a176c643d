-- mayfly.try_running_limit: mayfly.lock_running_limit, only where no other transaction holds the lock. Returns whether
-- it is locked now. A turn that calls this holds rows already, so it must not wait, not even for a transaction that
-- inserts the lock row at this moment.
-- locks: the lock row of the running limit, with skip locked
-- indexes: lock_row_pkey
create function mayfly.try_running_limit(name text, key text) returns boolean
language plpgsql volatile
set lock_timeout = '10ms'
as $$
begin
  perform from mayfly.lock_row l
  where l.kind = 'running' and l.name = try_running_limit.name and l.key = try_running_limit.key
  for update skip locked;
  if found then
    return true;
  end if;
  if exists (select from mayfly.lock_row l
    where l.kind = 'running' and l.name = try_running_limit.name and l.key = try_running_limit.key) then
    return false;
  end if;
  begin
    insert into mayfly.lock_row (kind, name, key) values ('running', try_running_limit.name, try_running_limit.key);
    return true;
  exception when unique_violation or lock_not_available then
    return false;
  end;
end
$$;
