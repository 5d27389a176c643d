-- mayfly.duty_forget: delete claims that no client repeats any more, answered requests after a day, cancels of jobs
-- that have ended, and lock rows of limits that no job has. Returns the number of rows of the kind that had most.
-- locks: rows with skip locked
-- indexes: claim_pkey, idempotency_key_at, idempotency_key_pkey, cancel_pkey, lock_row_pkey, held_key_pkey
create function mayfly.duty_forget(upto integer, retention_days integer) returns integer
language plpgsql volatile
as $$
declare
  deleted integer;
  most integer := 0;
begin
  -- Ids are made in order, so the oldest claims are the first ones.
  delete from mayfly.claim c
  where c.id = any (array(
    select o.id from mayfly.claim o
    where o.id < mayfly.uuid7_floor(now() - interval '1 hour') and o.at < now() - interval '1 hour'
    order by o.id
    limit upto
    for update skip locked
  ));
  get diagnostics most = row_count;
  delete from mayfly.idempotency_key k
  where k.id = any (array(
    select o.id from mayfly.idempotency_key o where o.at < now() - interval '1 day' order by o.at limit upto for update skip locked
  ));
  get diagnostics deleted = row_count;
  most := greatest(most, deleted);
  delete from mayfly.cancel c
  where c.at < now() - interval '1 hour' and not exists (select from mayfly.live l where l.id = c.id);
  delete from mayfly.lock_row l
  where (l.kind, l.name, l.key) in (
    select o.kind, o.name, o.key from mayfly.lock_row o
    where o.kind <> 'schedules' and not exists (select from mayfly.held_key h where h.name = o.name and h.key = o.key)
    limit upto
    for update skip locked
  );
  get diagnostics deleted = row_count;
  return greatest(most, deleted);
end
$$;
