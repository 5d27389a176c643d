-- mayfly.announce_schedules_v1: put a deployment's set of schedules in force, unless a newer deployment's set is. May
-- be repeated. New schedules are added, those whose timing has changed get their new next time, and those that the
-- application no longer has are removed. A pause and the fire count stay.
--
-- application, hash  whose set, and the hash that names it
-- schedules          [{name, next_at, definition}]. A schedule has changed once its definition's timing has: when it is
--                    due. Whatever else is edited, the tick that is due stays due
--
-- returns  where the set stands now: current or older
--
-- locks    the application's lock row, then its schedule rows by name
-- indexes  lock_row_pkey, schedule_pkey, schedule_set_pkey
create function mayfly.announce_schedules_v1(application text, hash text, schedules json) returns text
language plpgsql volatile security definer
set lock_timeout = '1s'
-- planner: pinned
as $$
begin
  perform mayfly.require_read_committed();
  insert into mayfly.lock_row as l (kind, name, key) values ('schedules', announce_schedules_v1.application, '')
  on conflict on constraint lock_row_pkey do update set kind = l.kind where false;
  insert into mayfly.schedule_set as s (application, hash)
  values (announce_schedules_v1.application, announce_schedules_v1.hash)
  on conflict on constraint schedule_set_pkey do update set seen_at = now();
  delete from mayfly.schedule_set s
  where s.application = announce_schedules_v1.application and s.hash <> announce_schedules_v1.hash
    and s.seen_at < now() - interval '1 day';
  if mayfly.schedule_set_state(announce_schedules_v1.application, announce_schedules_v1.hash) = 'older' then
    return 'older';
  end if;
  update mayfly.schedule_set s set applied = s.hash = announce_schedules_v1.hash
  where s.application = announce_schedules_v1.application;
  -- All of them first, in the order in which fire_v1 takes them.
  perform from mayfly.schedule s where s.application = announce_schedules_v1.application
  order by s.application, s.name for update;
  insert into mayfly.schedule as s (application, name, next_at, definition)
  select announce_schedules_v1.application, n.name, n.next_at, n.definition
  from json_to_recordset(schedules) as n(name text, next_at timestamptz, definition jsonb)
  on conflict on constraint schedule_pkey do update
  set
    next_at = case
      when s.definition -> 'timing' is not distinct from excluded.definition -> 'timing' then s.next_at
      else excluded.next_at
    end,
    definition = excluded.definition;
  delete from mayfly.schedule s
  where s.application = announce_schedules_v1.application
    and s.name not in (select n.name from json_to_recordset(schedules) as n(name text));
  return 'current';
end
$$;
