-- mayfly.turn_take: start those of these ready jobs, whose rows this turn has locked, that can be started at once,
-- under its claim. limited: those with a running limit, too, whose room the caller has counted.
-- Returns how many. null: an id runs already, which no enqueue allows; lest it fail the turn for all other jobs, its
-- second row is dropped, and none of these jobs is started.
-- indexes: running_pkey
create function mayfly.turn_take(tids tid[], limited boolean, worker uuid, claim uuid, capacity mayfly.capacity)
returns integer
language plpgsql volatile
as $$
declare
  started integer;
begin
  with taken as (
    delete from mayfly.ready d
    where d.ctid = any (tids)
      and (d.running_limit is null or limited)
      and (d.expires_at <= now() and d.hook is null) is not true
      and mayfly.runs_here(d.name, d.hook, d.timeout_ms, capacity)
    returning {asked of d}, {progress of d}, d.ready_at
  )
  insert into mayfly.running (
    {asked}, ready_at, attempt, free_attempts, has_hook, hook, hook_tries, ended, claim_id, worker_id
  )
  select
    {asked of t},
    t.ready_at,
    case when t.hook is null then t.attempt + 1 else t.attempt end,
    t.free_attempts,
    t.name = any ((capacity).hook_names),
    t.hook,
    case when t.hook is not null then coalesce(t.hook_tries, 0) + 1 end,
    t.ended,
    claim,
    worker
  from taken t;
  get diagnostics started = row_count;
  return started;
exception when unique_violation then
  delete from mayfly.ready d where d.ctid = any (tids) and (select true from mayfly.running r where r.id = d.id);
  return null;
end
$$;
