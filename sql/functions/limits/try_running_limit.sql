-- mayfly.try_running_limit: mayfly.lock_running_limit, only where nobody holds it. Returns whether it is locked now.
-- locks: the lock row of the running limit, with skip locked
-- indexes: lock_row_pkey
create function mayfly.try_running_limit(name text, key text) returns boolean
language plpgsql volatile
as $$
begin
  insert into mayfly.lock_row (kind, name, key) values ('running', try_running_limit.name, try_running_limit.key)
  on conflict on constraint lock_row_pkey do nothing;
  perform from mayfly.lock_row l
  where l.kind = 'running' and l.name = try_running_limit.name and l.key = try_running_limit.key
  for update skip locked;
  return found;
end
$$;
