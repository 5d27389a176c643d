-- mayfly.lock_running_limit: lock the running limit of this name and key until the transaction ends. key: '' for none.
-- locks: the lock row of the running limit
-- indexes: lock_row_pkey
create function mayfly.lock_running_limit(name text, key text) returns void
language sql volatile
as $$
  insert into mayfly.lock_row as l (kind, name, key) values ('running', lock_running_limit.name, lock_running_limit.key)
  on conflict on constraint lock_row_pkey do update set kind = l.kind where false
$$;
