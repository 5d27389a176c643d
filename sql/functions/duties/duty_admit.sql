-- mayfly.duty_admit: let in throttled jobs whose running limit has room: one that was let in and then cancelled gives its place back only here. Returns
-- how many limits were looked at.
-- A loose scan of the index: from each name and key to the next one.
-- locks: lock rows of running limits, with skip locked; rows with skip locked
-- indexes: scheduled_throttled, running_limited, lock_row_pkey
create function mayfly.duty_admit(upto integer, retention_days integer) returns integer
language plpgsql volatile
as $$
declare
  place record;
  looked integer := 0;
begin
  for place in
    with recursive throttled as (
      (select s.name, s.held_key from mayfly.scheduled s where s.run_at is null order by s.name, s.held_key limit 1)
      union all
      select n.name, n.held_key
      from throttled t
      cross join lateral (
        select s.name, s.held_key from mayfly.scheduled s
        where s.run_at is null and (s.name, s.held_key) > (t.name, t.held_key)
        order by s.name, s.held_key
        limit 1
      ) as n
    )
    select t.name, t.held_key from throttled t limit upto
  loop
    if mayfly.try_running_limit(place.name, place.held_key) then
      perform mayfly.admit_throttled(place.name, place.held_key, upto);
    end if;
    looked := looked + 1;
  end loop;
  return looked;
end
$$;
