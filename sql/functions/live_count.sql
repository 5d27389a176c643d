-- mayfly.live_count: how many live jobs of this name and key wait, and how many run. key null: all jobs of the name
-- that have a key or a limit. upto: stop counting there; null: count all.
-- indexes: held_key_pkey, running_pkey
create function mayfly.live_count(name text, key text, upto integer, out pending integer, out running integer)
language plpgsql stable security definer
-- planner: pinned
as $$
begin
  -- Two statements: a condition with "or" would read the whole name to count one key.
  -- A value instead of "exists", which the planner may turn into a hash of all that runs.
  if key is null then
    select count(*) filter (where not c.runs), count(*) filter (where c.runs) into pending, running
    from (
      select coalesce((select r.ended is not true from mayfly.running r where r.id = h.id), false) as runs
      from mayfly.held_key h
      where h.name = live_count.name
      limit upto
    ) as c;
  else
    select count(*) filter (where not c.runs), count(*) filter (where c.runs) into pending, running
    from (
      select coalesce((select r.ended is not true from mayfly.running r where r.id = h.id), false) as runs
      from mayfly.held_key h
      where h.name = live_count.name and h.key = live_count.key
      limit upto
    ) as c;
  end if;
end
$$;
