-- mayfly.turn_take: start these ready jobs, whose rows this turn has locked, under its claim. Returns how many.
-- An id that runs already, which no enqueue allows, must not fail the turn for all other jobs: its second row is
-- dropped, and nothing is claimed this time.
-- indexes: running_pkey
create function mayfly.turn_take(tids tid[], worker uuid, claim uuid, hook_names text[]) returns integer
language plpgsql volatile
as $$
declare
  claimed integer;
begin
  with taken as (
    delete from mayfly.ready d where d.ctid = any (tids) returning {asked of d}, {progress of d}, d.ready_at
  )
  insert into mayfly.running ({asked}, ready_at, attempt, free_attempts, has_hook, hook, hook_tries, ended, claim_id, worker_id)
  select
    {asked of t},
    t.ready_at,
    case when t.hook is null then t.attempt + 1 else t.attempt end,
    t.free_attempts,
    t.name = any (hook_names),
    t.hook,
    case when t.hook is not null then coalesce(t.hook_tries, 0) + 1 end,
    t.ended,
    claim,
    worker
  from taken t;
  get diagnostics claimed = row_count;
  return claimed;
exception when unique_violation then
  delete from mayfly.ready d where d.ctid = any (tids) and (select true from mayfly.running r where r.id = d.id);
  return 0;
end
$$;
