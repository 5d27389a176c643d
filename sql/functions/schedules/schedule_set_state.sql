-- mayfly.schedule_set_state: where a deployment's set of schedules stands: current; unknown, it is to be announced; or
-- older, another set is in force. In force is the set that was first seen last, of those seen within ten minutes. So
-- after a roll-back the older set comes into force again once the newer one is no longer seen, and is announced anew.
-- indexes: schedule_set_pkey
create function mayfly.schedule_set_state(application text, hash text) returns text
language plpgsql volatile
as $$
declare
  own record;
  newest text;
begin
  select s.seen_at, s.applied into own from mayfly.schedule_set s
  where s.application = schedule_set_state.application and s.hash = schedule_set_state.hash;
  if own.seen_at is null then
    return 'unknown';
  end if;
  if own.seen_at < now() - interval '1 minute' then
    update mayfly.schedule_set s set seen_at = now()
    where s.application = schedule_set_state.application and s.hash = schedule_set_state.hash;
  end if;
  select s.hash into newest from mayfly.schedule_set s
  where s.application = schedule_set_state.application and (s.seen_at > now() - interval '10 minutes'
    or s.hash = schedule_set_state.hash)
  order by s.first_seen_at desc, s.hash limit 1;
  return case when newest <> schedule_set_state.hash then 'older' when own.applied then 'current' else 'unknown' end;
end
$$;
