-- mayfly.release: free what jobs hold once an attempt has ended. gone: the job is no longer live, so its key is free
-- and its cancel is deleted. Its place under a running limit is free in any case, and the next throttled job is
-- admitted.
-- returns: when the earliest admitted job became ready; null: none was admitted
-- locks: keys, cancels, then lock rows of running limits by name and key
-- indexes: held_key_pkey, cancel_pkey, and those of mayfly.admit_throttled
create function mayfly.release(freed mayfly.freed[]) returns timestamptz
language plpgsql volatile
as $$
declare
  place record;
  earliest timestamptz;
begin
  -- From each job to its key, whatever statistics say: "offset 0" keeps the planner from starting at the keys.
  delete from mayfly.held_key h
  where h.ctid = any (array(
    select k.tid
    from unnest(freed) as f
    cross join lateral (
      select i.ctid as tid from mayfly.held_key i where i.name = f.name and i.key = f.held_key and i.id = f.id offset 0
    ) as k
    where f.gone and f.held_key is not null
  ));
  if exists (select from mayfly.cancel) then
    delete from mayfly.cancel c where c.id = any (array(select f.id from unnest(freed) as f where f.gone));
  end if;
  for place in
    select f.name, f.held_key, count(*)::integer as places
    from unnest(freed) as f
    where f.running_limit is not null
    group by f.name, f.held_key
    order by f.name, f.held_key
  loop
    perform mayfly.lock_running_limit(place.name, place.held_key);
    earliest := least(earliest, mayfly.admit_throttled(place.name, place.held_key, place.places));
  end loop;
  return earliest;
end
$$;
