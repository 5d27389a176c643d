-- mayfly.duty_admit: admit throttled jobs whose running limit has room. Every end of a job with such a limit admits the
-- next one, but a place is lost where an admitted job is parked, or ends, instead of being claimed. Returns how many
-- limits had room.
-- A loose scan of the index: from each name and key to the next one.
-- locks: lock rows of running limits, with skip locked; rows with skip locked
-- indexes: scheduled_throttled, running_limited, lock_row_pkey
create function mayfly.duty_admit(upto integer, retention_days integer) returns integer
language plpgsql volatile
as $$
declare
  place record;
  admitted integer := 0;
begin
  for place in
    with recursive throttled as (
      (
        select s.name, s.held_key, s.running_limit from mayfly.scheduled s
        where s.run_at is null
        order by s.name, s.held_key, s.priority desc, s.ready_at
        limit 1
      )
      union all
      select n.name, n.held_key, n.running_limit
      from throttled t
      cross join lateral (
        select s.name, s.held_key, s.running_limit from mayfly.scheduled s
        where s.run_at is null and (s.name, s.held_key) > (t.name, t.held_key)
        order by s.name, s.held_key, s.priority desc, s.ready_at
        limit 1
      ) as n
    )
    select t.name, t.held_key from throttled t
    -- A limit without room is passed over, and does not keep the ones behind it from their turn.
    where t.running_limit > (
      select count(*) from mayfly.running r
      where r.running_limit is not null and r.name = t.name and r.held_key = t.held_key
    )
    limit upto
  loop
    if mayfly.try_running_limit(place.name, place.held_key) then
      perform mayfly.admit_throttled(place.name, place.held_key, upto);
      admitted := admitted + 1;
    end if;
  end loop;
  return admitted;
end
$$;
