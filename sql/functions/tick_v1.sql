-- mayfly.tick_v1: the first call of a tick, in one round trip: rescue a slice, and say whether work waits, which
-- schedules are due, and whether housekeeping is. May be repeated.
-- A rescue may meet what a stranger holds. It is then given up, alone, and left for the next tick.
--
-- stale_ms, upto  see mayfly.rescue_v1
-- queues          the queues served
-- options         {worker, application, hash, usage}. worker: the asker of mayfly.rescue_v1; application, hash: this
--                 deployment's set of schedules; usage: see mayfly.record_usage
--
-- returns one row
--   lost, more, rescued  see mayfly.rescue_v1
--   sql_state, message   why the rescue failed; null: it did not
--   ready                whether a job is ready in a queue that is not paused
--   next_due             when the next scheduled job is due
--   maintenance_due      whether mayfly.maintain_v1 is to be called
--   set_state            of the set of schedules: see mayfly.schedule_set_state; null without a set
--   schedules            of a current set, those that are due: [[name, fire_count, next_at, resumed_at]]
--   next_fire            when the next schedule of that set is due
--
-- locks    as mayfly.rescue_v1
-- indexes  running_worker, worker_pkey, queue_pkey, ready_next, scheduled_due, schedule_pkey, schedule_set_pkey,
--          duty_pkey, and those of mayfly.maintenance_due
create function mayfly.tick_v1(stale_ms bigint, upto integer, queues text[], options json)
returns table (
  lost integer, more boolean, rescued json, sql_state text, message text, ready boolean, next_due timestamptz,
  maintenance_due boolean, set_state text, schedules json, next_fire timestamptz
)
language plpgsql volatile security definer
set lock_timeout = '1s'
-- planner: pinned
as $$
declare
  own text := options ->> 'application';
begin
  perform mayfly.require_read_committed();
  begin
    select r.lost, r.more, r.rescued into lost, more, rescued
    from mayfly.rescue_v1(stale_ms, upto, (options ->> 'worker')::uuid) as r;
  exception when others then
    lost := 0;
    more := false;
    sql_state := sqlstate;
    message := sqlerrm;
  end;
  perform mayfly.note_rescue(sql_state, message);
  perform mayfly.record_usage(options -> 'usage');
  ready := exists (
    select from unnest(queues) as q(name)
    -- A value, not a join: joined, the index might be read whole.
    where (select true from mayfly.ready r where r.queue = q.name limit 1)
      and not exists (select from mayfly.queue p where p.name = q.name and p.paused_at is not null)
  );
  next_due := (select s.run_at from mayfly.scheduled s where s.run_at is not null order by s.run_at limit 1);
  maintenance_due := mayfly.maintenance_due();
  if own is not null then
    set_state := mayfly.schedule_set_state(own, options ->> 'hash');
    if set_state = 'current' then
      select json_agg(json_build_array(s.name, s.fire_count, s.next_at, s.resumed_at) order by s.name) into schedules
      from mayfly.schedule s
      where s.application = own and s.next_at <= now() and s.paused_at is null;
      select min(s.next_at) into next_fire
      from mayfly.schedule s
      where s.application = own and s.next_at > now() and s.paused_at is null;
    end if;
  end if;
  return next;
end
$$;
