-- mayfly.fire_v1: fire schedules that are due, each once per tick, however many invocations overlap, crash or repeat.
-- The fire count is the fence: a call with an older count changes nothing. The jobs are enqueued in the same
-- transaction.
--
-- application  whose schedules
-- fires        [{name, fire_count, next_at, overlap, jobs}]. fire_count: as read; next_at: the next time, null for
--              never again; overlap: false leaves the jobs out while the schedule's last job is live; jobs: as of
--              mayfly.enqueue_v1, with ids, or an empty array
--
-- returns      a row for each schedule that this call fired: its name and the outcomes of its jobs, as of
--              mayfly.enqueue_v1, or overlapped. busy alone: another transaction holds the schedule, or what its jobs
--              need, so it is still due; the others do not wait for it
--
-- locks        for each schedule by itself, and for 10 ms at most: its row; then as mayfly.enqueue_now
-- indexes      schedule_pkey, ready_pkey, scheduled_pkey, running_pkey, lock_row_pkey, and those of
--              mayfly.enqueue_now
create function mayfly.fire_v1(application text, fires json)
returns table (name text, outcomes text[])
language plpgsql volatile security definer
set lock_timeout = '10ms'
-- planner: pinned
as $$
declare
  one record;
  last_job uuid;
begin
  perform mayfly.require_read_committed();
  for one in
    select f.name, f.fire_count, f.next_at, f.overlap, f.jobs
    from json_to_recordset(fires) as f(name text, fire_count bigint, next_at timestamptz, overlap boolean, jobs jsonb)
    order by f.name
  loop
    name := one.name;
    begin
      update mayfly.schedule s
      set fire_count = s.fire_count + 1, last_at = s.next_at, next_at = one.next_at
      where s.application = fire_v1.application and s.name = one.name and s.fire_count = one.fire_count
        and s.next_at <= now() and s.paused_at is null
      returning s.last_job_id into last_job;
      continue when not found;
      if one.overlap is false and exists (select from mayfly.live l where l.id = last_job and l.ended is not true) then
        outcomes := array['overlapped'];
      else
        outcomes := array(select e.outcome from mayfly.enqueue_now(one.jobs, false, false, false) as e);
        update mayfly.schedule s
        set last_job_id = coalesce((one.jobs -> -1 ->> 'id')::uuid, s.last_job_id)
        where s.application = fire_v1.application and s.name = one.name;
      end if;
    exception when lock_not_available or deadlock_detected then
      outcomes := array['busy'];
    end;
    return next;
  end loop;
end
$$;
