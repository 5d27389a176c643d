-- mayfly.turn_claim_limited: start jobs with a running limit, whose rows this turn has locked, while their limit has
-- room.
-- claimed: how many; full_limits: [name, key] of each limit without room; busy: another transaction counts a limit now
-- locks: lock rows of running limits, with skip locked
-- indexes: lock_row_pkey, running_limited
create function mayfly.turn_claim_limited(
  tids tid[], worker uuid, claim uuid, capacity mayfly.capacity, out claimed integer, out full_limits jsonb[],
  out busy boolean
)
language plpgsql volatile
as $$
declare
  place record;
  running integer;
  started integer;
begin
  claimed := 0;
  full_limits := '{}';
  busy := false;
  for place in
    select r.name, r.held_key, max(r.running_limit) as upto,
      array_agg(r.ctid order by r.priority desc, r.ready_at) as tids
    from mayfly.ready r
    where r.ctid = any (tids) and r.running_limit is not null
      and mayfly.runs_here(r.name, r.hook, r.timeout_ms, capacity)
    group by r.name, r.held_key
    order by r.name, r.held_key
  loop
    if not mayfly.try_running_limit(place.name, place.held_key) then
      busy := true;
      continue;
    end if;
    select count(*) into running from mayfly.running r
    where r.running_limit is not null and r.name = place.name and r.held_key = place.held_key;
    started := coalesce(
      mayfly.turn_take(place.tids[1:greatest(place.upto - running, 0)], true, worker, claim, capacity), 0
    );
    claimed := claimed + started;
    if running + started >= place.upto then
      full_limits := full_limits || jsonb_build_array(place.name, place.held_key);
    end if;
  end loop;
end
$$;
