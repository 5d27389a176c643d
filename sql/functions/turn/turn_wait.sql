-- mayfly.turn_wait: move ready jobs, whose rows this turn has locked, to scheduled, where no turn meets them:
-- throttled, where their limit is full; parked, where they cannot be run here, longer each time. They keep their place
-- in the order.
-- Returns how many. A hook that no worker can run is given up after about a day.
-- indexes: scheduled_pkey
create function mayfly.turn_wait(tids tid[], capacity mayfly.capacity, full_limits jsonb[]) returns integer
language plpgsql volatile
as $$
declare
  throttled integer;
  parked integer := 0;
  given_up integer := 0;
begin
  with moved as (
    delete from mayfly.ready d
    where d.ctid = any (tids) and d.running_limit is not null and jsonb_build_array(d.name, d.held_key) = any (full_limits)
    returning {asked of d}, {progress of d}, d.ready_at, d.parked
  )
  insert into mayfly.scheduled ({asked}, {progress}, ready_at, parked, reason)
  select {asked of m}, {progress of m}, m.ready_at, m.parked, 'throttled' from moved m
  on conflict on constraint scheduled_pkey do nothing;
  get diagnostics throttled = row_count;
  if (capacity).park then
    delete from mayfly.ready d
    where d.ctid = any (tids) and d.ended and d.parked >= 30
      and not mayfly.runs_here(d.name, d.hook, d.timeout_ms, capacity);
    get diagnostics given_up = row_count;
    with moved as (
      delete from mayfly.ready d
      where d.ctid = any (tids) and not mayfly.runs_here(d.name, d.hook, d.timeout_ms, capacity)
      returning {asked of d}, {progress of d}, d.ready_at, d.parked
    )
    insert into mayfly.scheduled ({asked}, {progress}, ready_at, run_at, parked, reason)
    select {asked of m}, {progress of m}, m.ready_at, now() + mayfly.park_delay(m.parked), least(coalesce(m.parked, 0) + 1, 100), 'parked'
    from moved m
    on conflict on constraint scheduled_pkey do nothing;
    get diagnostics parked = row_count;
  end if;
  return throttled + parked + given_up;
end
$$;
