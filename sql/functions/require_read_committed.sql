-- mayfly.require_read_committed: refuse a transaction of another isolation, whose snapshot misses what was committed
-- since it began. MF006, at which the caller says in its next transaction what it needs.
create function mayfly.require_read_committed() returns void
language plpgsql stable
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'this call needs a transaction that is read committed' using errcode = 'MF006';
  end if;
end
$$;
