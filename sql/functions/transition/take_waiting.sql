-- mayfly.take_waiting: delete these jobs from ready and scheduled, and return their rows in the shape of
-- mayfly.running, without claim and worker.
-- hooks: also jobs whose hook is due before anything else
-- locks: rows with skip locked
-- indexes: ready_pkey, scheduled_pkey
create function mayfly.take_waiting(ids uuid[], hooks boolean) returns setof mayfly.running
language sql volatile
as $$
  with from_ready as (
    delete from mayfly.ready d
    where d.ctid = any (array(
      select r.ctid from mayfly.ready r where r.id = any (ids) and (r.hook is null or hooks) for update skip locked
    ))
    returning to_jsonb(d) as job
  ), from_scheduled as (
    delete from mayfly.scheduled d
    where d.ctid = any (array(
      select s.ctid from mayfly.scheduled s where s.id = any (ids) and (s.hook is null or hooks) for update skip locked
    ))
    returning to_jsonb(d) as job
  )
  select t.*
  from (select r.job from from_ready r union all select s.job from from_scheduled s) as w
  cross join lateral jsonb_populate_record(null::mayfly.running, w.job) as t
$$;
