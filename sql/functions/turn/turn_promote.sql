-- mayfly.turn_promote: make scheduled jobs that are due ready, up to a thousand. A parked job that still cannot be run
-- here is parked again instead: at the head of ready every turn would have to set it aside. It keeps its place in the
-- order.
-- since: where the last scan ended, see mayfly.watermarks
-- ready_from: when the first of them became ready; set_aside: how many were parked; next_due: when the next job is due
-- locks: rows with skip locked
-- indexes: scheduled_due, ready_pkey
create function mayfly.turn_promote(
  since timestamptz, capacity mayfly.capacity, out ready_from timestamptz, out set_aside integer, out next_due timestamptz
)
language plpgsql volatile
as $$
declare
  due tid[];
begin
  set_aside := 0;
  -- Not min(): where it takes the table for small, the planner reads all of it for that.
  next_due := (select s.run_at from mayfly.scheduled s where s.run_at >= since order by s.run_at limit 1);
  if next_due > now() or next_due is null then
    return;
  end if;
  due := array(
    select s.ctid from mayfly.scheduled s
    where s.run_at between since and now()
    order by s.run_at
    limit 1000
    for update skip locked
  );
  if (capacity).park then
    update mayfly.scheduled s
    set parked = least(s.parked + 1, 100), run_at = now() + mayfly.park_delay(s.parked)
    where s.ctid = any (due) and s.reason = 'parked' and not (s.ended is true and s.parked >= 30)
      and not mayfly.runs_here(s.name, s.hook, s.timeout_ms, capacity);
    get diagnostics set_aside = row_count;
  end if;
  with promoted as (
    delete from mayfly.scheduled d
    where d.ctid = any (due) and d.run_at <= now()
    returning {asked of d}, {progress of d}, d.run_at, d.ready_at, d.parked
  ), entered as (
    insert into mayfly.ready ({asked}, {progress}, ready_at, parked)
    select {asked of p}, {progress of p}, coalesce(p.ready_at, p.run_at + row_number() over (order by p.run_at) * interval '1 microsecond'), p.parked
    from promoted p
    -- As in mayfly.move_jobs.
    on conflict on constraint ready_pkey do nothing
    returning ready_at
  )
  select min(e.ready_at) into ready_from from entered e;
  next_due := (select s.run_at from mayfly.scheduled s where s.run_at >= since order by s.run_at limit 1);
end
$$;
