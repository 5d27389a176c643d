-- mayfly.admit_throttled: make throttled jobs of a name and key ready, at most this many, and while their running limit
-- has room. The caller holds the lock of mayfly.lock_running_limit, so that a claim, which counts under the same lock,
-- sees them.
-- Returns when the first of them became ready, since each keeps its place in the order. null: no job was admitted.
-- locks: rows with skip locked
-- indexes: running_limited, scheduled_throttled, ready_pkey
create function mayfly.admit_throttled(name text, key text, upto integer) returns timestamptz
language plpgsql volatile
as $$
declare
  most integer;
  running integer;
  earliest timestamptz;
begin
  most := (
    select s.running_limit from mayfly.scheduled s
    where s.run_at is null and s.name = admit_throttled.name and s.held_key = admit_throttled.key
    order by s.priority desc, s.ready_at
    limit 1
  );
  if most is null then
    return null;
  end if;
  select count(*) into running from mayfly.running r
  where r.running_limit is not null and r.name = admit_throttled.name and r.held_key = admit_throttled.key;
  with admitted as (
    delete from mayfly.scheduled d
    where d.ctid = any (array(
      select s.ctid from mayfly.scheduled s
      where s.run_at is null and s.name = admit_throttled.name and s.held_key = admit_throttled.key
      order by s.priority desc, s.ready_at
      limit least(upto, greatest(most - running, 0))
      for update skip locked
    ))
    returning {asked of d}, {progress of d}, d.ready_at, d.parked
  ), entered as (
    insert into mayfly.ready ({asked}, {progress}, ready_at, parked)
    select {asked of a}, {progress of a}, coalesce(a.ready_at, now()), a.parked from admitted a
    on conflict on constraint ready_pkey do nothing
    returning ready_at
  )
  select min(e.ready_at) into earliest from entered e;
  return earliest;
end
$$;
